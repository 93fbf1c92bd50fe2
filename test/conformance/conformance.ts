import { describe, it } from 'vitest';
import { limited } from '../../src/connector/limits.js';
import { skipWith } from '../harness/permitted-skip.js';
import { answering } from './answering.js';
import { catalog } from './catalog.js';
import { changing } from './changing.js';
import { comparing } from './comparing.js';
import type { Fixture, Harness } from './fixture.js';
import type { Guarantee } from './guarantee.js';
import { holding } from './holding.js';
import { newValues } from './new-values.js';
import { reading } from './reading.js';
import { referring } from './referring.js';
import { refusing } from './refusing.js';
import { scanning } from './scanning.js';
import { values } from './values.js';
import { writing } from './writing.js';

export const guarantees: Readonly<Record<string, readonly Guarantee[]>> = {
  answering,
  comparing,
  values,
  reading,
  scanning,
  catalog,
  writing,
  changing,
  'new values': newValues,
  referring,
  refusing,
  holding,
};

/**
 * Holds a connector against the contract in src/connector/contract.ts, one small test a guarantee.
 * Connectors from elsewhere pass the same suite:
 *
 * ```ts
 * conformance('mine', { types: ['integer', 'text'], streams: true, references: false, make });
 * ```
 */
export function conformance(name: string, harness: Harness): void {
  describe(`${name} keeps the contract`, () => {
    for (const [theme, list] of Object.entries(guarantees)) {
      describe(theme, () => {
        for (const guarantee of list.filter((each) => applies(each, harness))) test(guarantee, harness);
      });
    }
  });
}

/** What says nothing of such a connector is left out: there is nothing to run. */
function applies(guarantee: Guarantee, harness: Harness): boolean {
  return (
    (guarantee.types ?? []).every((type) => harness.types.includes(type)) &&
    (guarantee.appliesTo?.(harness) ?? true)
  );
}

function test(guarantee: Guarantee, harness: Harness): void {
  it(guarantee.says, async (context) => {
    const made: Fixture[] = [];
    try {
      await guarantee.check({
        harness,
        async make(...tables) {
          const fixture = await harness.make(tables);
          // As the core opens every connector.
          const connector = limited(fixture.connector, 'test');
          made.push({ ...fixture, connector });
          return { ...fixture, connector };
        },
        skip: (why) => skipWith(context, why),
      });
    } finally {
      for (const fixture of made) {
        await fixture.connector.close();
        await fixture.drop();
      }
    }
  });
}
