import type { Reader, Writer } from '../connector/contract.js';
import { DsrError } from '../model/error.js';
import type { Plan } from '../plan/plan.js';
import { differingCollections } from '../plan/plan-hash.js';
import type { ApplyInput } from './input.js';
import { stalePlan, type Target } from './target.js';

/**
 * Holds all records of these groups until the writer ends, and answers which groups fell short.
 *
 * @throws DsrError data where a key stands for several records.
 */
export async function lockTargets(
  plan: Plan,
  writer: Writer,
  targets: readonly Target[],
): Promise<readonly Target[]> {
  const short: Target[] = [];
  for (const target of targets) {
    const { table, key, id } = target.collection;
    const held = await writer.lock({ collection: table, key, keys: plan.keys(target.at) });
    if (held > target.group.records) {
      throw new DsrError('data', `${id}: ${key.join('+')} does not tell its records apart`, {
        place: id,
        hint: 'name fields under key: in dsr.yaml that are different in every record',
      });
    }
    if (held < target.group.records) short.push(target);
  }
  return short;
}

/**
 * Draws the plan up again, through the writers where there are some, and holds it against the one that
 * is to be applied. Every snapshot opened for that is closed again: an open one can stand against a
 * commit.
 *
 * @throws DsrError conflict, naming collections, where another plan came out.
 */
export async function holdAgainstReality(
  input: ApplyInput,
  writers: ReadonlyMap<string, Writer>,
): Promise<void> {
  const call = { signal: input.signal, timeoutMs: input.timeoutMs };
  const opened: Reader[] = [];
  try {
    const readers = new Map<string, Reader>();
    for (const [source, connector] of input.connectors) {
      const writer = writers.get(source);
      if (writer !== undefined) {
        readers.set(source, { find: (query) => writer.find(query), close: async () => undefined });
        continue;
      }
      const reader = await connector.reader(call);
      opened.push(reader);
      readers.set(source, reader);
    }
    const now = await input.redraw(readers);
    try {
      if (now.hash !== input.plan.hash) throw stalePlan(difference(input.plan, now));
    } finally {
      now.close();
    }
  } finally {
    await Promise.allSettled(opened.map((reader) => reader.close()));
  }
}

function difference(planned: Plan, now: Plan): string {
  if (planned.header.catalog !== now.header.catalog) return 'a schema was changed since it was drawn up';
  const collections = differingCollections(planned, now);
  if (collections.length === 0) return 'another would be drawn up now';
  return `since it was drawn up, something changed in ${collections.join(', ')}`;
}
