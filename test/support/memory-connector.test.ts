import { describe, expect, it } from 'vitest';
import { keySetOf } from '../../src/connector/key-set.js';
import { rowSetOf } from '../../src/connector/row-set.js';
import type { CollectionInfo, ReferenceInfo } from '../../src/model/catalog.js';
import { DsrError } from '../../src/model/error.js';
import type { Scalar } from '../../src/model/value.js';
import { errorOf } from '../conformance/error-of.js';
import { type Hooks, type MemoryCollection, memoryConnector } from './memory-connector.js';

const call = { signal: new AbortController().signal, timeoutMs: 1_000 };

function notes(onDelete: ReferenceInfo['onDelete'], more: Partial<MemoryCollection> = {}): MemoryCollection {
  const info: CollectionInfo = {
    id: 'notes',
    schema: null,
    name: 'notes',
    unqualified: true,
    kind: 'table',
    fields: ['id', 'reply_to', 'text'].map((name) => ({
      name,
      type: { kind: name === 'text' ? 'text' : 'integer', native: '', length: null },
      nullable: name !== 'id',
      generated: false,
      hasDefault: false,
      comment: null,
    })),
    key: { fields: ['id'], kind: 'declared' },
    unique: [],
    references: [
      { name: 'replies', fields: ['reply_to'], to: 'notes', on: ['id'], onDelete, deferrable: false },
    ],
    indexes: [],
    rows: null,
    comment: null,
    hidden: null,
  };
  const rows = [
    { id: 1, reply_to: null, text: 'a' },
    { id: 2, reply_to: 1, text: 'b' },
    { id: 3, reply_to: 3, text: 'c' },
  ];
  return { info, rows, ...more };
}

function opened(collection: MemoryCollection, hooks: Hooks = {}) {
  const connector = memoryConnector({ collections: [collection], hooks });
  if (connector.writer === undefined) throw new Error('no writer');
  return {
    connector,
    writer: () => connector.writer?.(call) as ReturnType<NonNullable<typeof connector.writer>>,
  };
}

const deletion = (...ids: readonly Scalar[]) =>
  ({
    kind: 'delete',
    collection: 'notes',
    key: ['id'],
    keys: keySetOf(
      ids.map((id) => [id]),
      1,
    ),
  }) as const;
const update = (id: number, text: string) =>
  ({
    kind: 'update',
    collection: 'notes',
    key: ['id'],
    fields: ['text'],
    rows: rowSetOf([{ key: [id], values: [text] }]),
  }) as const;

describe('the in-memory reference connector, as a database', () => {
  it('checks no-action when the statement ends, restrict at each row', async () => {
    const late = await opened(notes('no-action')).writer();
    expect(await late.apply(deletion(1, 2, 3))).toEqual({ records: 3 });
    const early = await opened(notes('restrict')).writer();
    expect((await errorOf(early.apply(deletion(1, 2)))).kind).toBe('data');
    const other = await opened(notes('restrict')).writer();
    expect(await other.apply(deletion(2, 1))).toEqual({ records: 2 });
    const innodb = await opened(notes('no-action'), { rowByRow: true }).writer();
    expect((await errorOf(innodb.apply(deletion(1, 2)))).kind).toBe('data');
  });

  it('shows all that is committed, and takes changes from outside that open readers do not see', async () => {
    const { connector, writer } = opened(notes('cascade'));
    const reader = await connector.reader(call);
    connector.change('notes', (row) => (row.id === 3 ? null : { ...row, text: 'outside' }));
    connector.insert('notes', [{ id: 4, reply_to: 1, text: 'new' }]);
    const one = await writer();
    await one.apply(deletion(2));
    expect(connector.dump().notes).toHaveLength(3);
    await one.commit();
    expect(connector.dump()).toEqual({
      notes: [
        { id: 1, reply_to: null, text: 'outside' },
        { id: 4, reply_to: 1, text: 'new' },
      ],
    });
    const seen = [];
    const matches = [
      { fields: [{ column: 'id', path: [] }], mode: 'exact', keys: keySetOf([[3], [4]]), when: [] },
    ] as const;
    for await (const batch of reader.find({ collection: 'notes', key: ['id'], matches, fields: [] }))
      seen.push(...batch);
    expect(seen.map(({ key }) => key)).toEqual([[3]]);
  });

  it('refuses changes from outside to what a writer holds', async () => {
    const { connector, writer } = opened(notes('cascade'));
    const one = await writer();
    await one.apply(update(1, 'mine'));
    expect(() => connector.change('notes', (row) => (row.id === 1 ? null : row))).toThrow(DsrError);
    expect(() => connector.insert('notes', [{ id: 9, reply_to: 1, text: '' }])).toThrow(DsrError);
    await one.close();
    connector.change('notes', (row) => (row.id === 1 ? null : row));
    expect(connector.dump().notes).toHaveLength(2);
  });

  it('fails at the step that a test wants, before or after the commit has landed', async () => {
    for (const op of ['apply', 'settle', 'commit', 'committed'] as const) {
      const { connector, writer } = opened(notes('cascade'), {
        step(step) {
          if (step.op === op) throw new DsrError('transient', 'lost');
        },
      });
      const one = await writer();
      const all = async () => {
        await one.apply(deletion(2));
        await one.settle();
        await one.commit();
      };
      expect((await errorOf(all())).kind).toBe('transient');
      await one.close();
      expect(connector.dump().notes, op).toHaveLength(op === 'committed' ? 2 : 3);
    }
  });

  it('runs a trigger for every row, cascades too, which may rewrite or refuse it', async () => {
    const seen: string[] = [];
    const { connector, writer } = opened(notes('cascade'), {
      trigger({ kind, before, after }) {
        seen.push(`${kind} ${before.id}`);
        return after === null ? undefined : { ...after, text: `${after.text}!` };
      },
    });
    const one = await writer();
    await one.apply(deletion(1));
    await one.apply(update(3, 'x'));
    await one.commit();
    expect(seen).toEqual(['delete 1', 'delete 2', 'update 3']);
    expect(connector.dump().notes).toEqual([{ id: 3, reply_to: 3, text: 'x!' }]);
  });

  it('can be read-only as a whole or for one collection', async () => {
    expect(memoryConnector({ collections: [notes('cascade')], readOnly: true }).writer).toBeUndefined();
    const one = await opened(notes('cascade', { readOnly: true })).writer();
    expect((await errorOf(one.apply(deletion(1)))).kind).toBe('config');
  });
});
