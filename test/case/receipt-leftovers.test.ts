import { expect, test } from 'vitest';
import type { Context } from '../../src/case/context.js';
import { leftoversOf } from '../../src/case/receipt/leftovers.js';
import { workspaceAt } from '../../src/case/workspace.js';
import type { Connector, ConnectorFactory } from '../../src/connector/contract.js';
import { loadMap } from '../../src/map/load.js';
import { DsrError } from '../../src/model/error.js';
import { contextOf, folder, HEAD } from './workspace-support.js';

const left = { what: 'dead rows', until: 'the next vacuum', remedy: 'vacuum' };

/** A source that does what its `connection` says. */
const closed: string[] = [];
const factory: ConnectorFactory = {
  name: 'fake',
  parse: ({ connection }) => String(connection),
  redact: () => ({}),
  open: async (options) => {
    const how = String(options);
    if (how === 'down') throw new DsrError('transient', 'source down does not answer');
    const connector: Connector = {
      properties: { matchModes: ['exact'], atomicity: 'transaction', concurrency: 1, lookup: 'index' },
      check: async () => [],
      describe: async () => ({ collections: [] }),
      reader: async () => {
        throw new Error('nobody reads here');
      },
      close: async () => {
        closed.push(how);
      },
    };
    const leftovers = async () => {
      if (how === 'failing') throw new DsrError('transient', 'source failing was lost');
      const first = how === 'vacuumed' ? { ...left, remedy: null, compacted: true as const } : left;
      return [first, { ...left, what: 'the log', remedy: null }];
    };
    return how === 'silent' ? connector : { ...connector, leftovers };
  },
};

function asking(
  names: readonly string[],
  { uncompacted, ...more }: { readonly signal?: AbortSignal; readonly uncompacted?: readonly string[] } = {},
) {
  const sources = ['telling', 'silent', 'failing', 'down', 'vacuumed'].map(
    (name) => `  ${name}: { connector: fake, connection: ${name}, collections: {} }`,
  );
  const dir = folder(`${HEAD}sources:\n${sources.join('\n')}\n`);
  const context: Context = contextOf(dir, { factories: [factory], ...more });
  return leftoversOf(context, loadMap(workspaceAt(dir).map, {}), names, uncompacted);
}

test('every source says what it can, in the order asked, and no other is opened', async () => {
  closed.length = 0;
  const none = { until: null, remedy: null };
  expect(await asking(['failing', 'telling', 'gone', 'down'])).toEqual([
    { source: 'failing', what: 'not known: source failing was lost', ...none },
    { source: 'telling', ...left },
    { source: 'telling', ...left, what: 'the log', remedy: null },
    { source: 'gone', what: 'not known: the source is not in the data map any more', ...none },
    { source: 'down', what: 'not known: source down does not answer', ...none },
  ]);
  expect(closed.toSorted()).toEqual(['failing', 'telling']);
});

test('a connector that does not tell is said not to', async () => {
  expect(await asking(['silent'])).toEqual([
    { source: 'silent', what: 'not known: its connector does not tell', until: null, remedy: null },
  ]);
});

test('nothing changed: nothing is asked', async () => {
  closed.length = 0;
  expect(await asking([])).toEqual([]);
  expect(closed).toEqual([]);
});

test('Ctrl-C ends it', async () => {
  const signal = AbortSignal.abort();
  await expect(asking(['telling'], { signal })).rejects.toMatchObject({ kind: 'cancelled' });
});

test('what compaction takes away is told by whether it is owed', async () => {
  const told = async (uncompacted: readonly string[]) =>
    (await asking(['vacuumed'], { uncompacted })).map(({ what, remedy }) => [what, remedy]);
  expect(await told([])).toEqual([
    ['dead rows', null],
    ['the log', null],
  ]);
  expect(await told(['vacuumed'])).toEqual([
    ['dead rows', 'dsr resume'],
    ['the log', null],
  ]);
});
