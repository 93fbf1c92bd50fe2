import { setTimeout as wait } from 'node:timers/promises';
import type { Connector, Writer } from '../../src/connector/contract.js';
import type { ConnectorEntry } from '../../src/connector/registry.js';
import { DsrError } from '../../src/model/error.js';

/**
 * What became of a commit whose answer was lost: landed: it was done · lost: it was not · late: it is done
 * only after a while, and nobody can tell until then.
 */
export type Fate = 'landed' | 'lost' | 'late';

/** How long a late commit takes. */
const LATE_MS = 1_000;

interface Named {
  readonly source: string;
  readonly inner: unknown;
}

/** A commit that was given up on; `landing` ends once it is done, or is known not to be. */
interface Lost {
  readonly landing: Promise<void>;
}

/** The same connectors, of which a source's n-th commit (`crm 2 landed`) is never answered. */
export function losingAnswers(entries: readonly ConnectorEntry[], which: string): readonly ConnectorEntry[] {
  const [source, turn, fate] = which.split(' ') as [string, string, Fate];
  let commits = 0;
  const commit = async (writer: Writer): Promise<Lost | null> => {
    commits += 1;
    if (commits !== Number(turn) || fate === 'landed') await writer.commit();
    if (commits !== Number(turn)) return null;
    return { landing: fate === 'late' ? wait(LATE_MS).then(() => writer.commit()) : Promise.resolve() };
  };
  return entries.map((entry) => ({
    ...entry,
    async load() {
      const factory = await entry.load();
      return {
        ...factory,
        parse: (config): Named => ({ source: config.name, inner: factory.parse(config) }),
        redact: (options) => factory.redact((options as Named).inner),
        async open(options) {
          const named = options as Named;
          const connector = await factory.open(named.inner);
          return named.source === source ? losing(connector, commit) : connector;
        },
      };
    },
  }));
}

function losing(connector: Connector, commit: (writer: Writer) => Promise<Lost | null>): Connector {
  const open = connector.writer?.bind(connector);
  if (open === undefined) return connector;
  let landing: Promise<void> = Promise.resolve();
  return {
    ...connector,
    async writer(call) {
      const writer = await open(call);
      let isLost = false;
      return {
        ...writer,
        async commit() {
          const lost = await commit(writer);
          if (lost === null) return;
          isLost = true;
          landing = lost.landing;
          throw new DsrError('transient', 'the connection was lost');
        },
        // Whoever gave up on it cannot call it back.
        async close() {
          if (isLost) void landing.then(() => writer.close());
          else await writer.close();
        },
      };
    },
    async close() {
      void landing.then(() => connector.close());
    },
  };
}
