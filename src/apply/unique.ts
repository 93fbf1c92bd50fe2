import type { Finds } from '../connector/by-key.js';
import { keySetOf } from '../connector/key-set.js';
import { DsrError } from '../model/error.js';
import { type UniqueKey, uniqueKeys } from '../model/unique-keys.js';
import { type Key, keyText, type Scalar, scalarOf, type Value } from '../model/value.js';
import type { Target } from './target.js';

/** A record that is about to get new values. */
export interface Draft {
  readonly key: Key;
  /** How often its pseudonyms were found taken. */
  attempt: number;
  /** By column: what will stand there, for all columns of the unique keys. */
  column(name: string): Value;
}

/** Beyond this a column has too few values to find a free one. */
const ATTEMPTS = 50;

/** The unique keys of which a column gets a pseudonym: where it may be taken already. */
export function pseudonymKeys({ columns, info }: Target): readonly UniqueKey[] {
  const made = new Set(
    columns
      .filter(({ parts }) => parts.some(({ to, at }) => to === 'pseudonym' && at.path.length === 0))
      .map(({ column }) => column),
  );
  return uniqueKeys(info).filter((key) => key.columns.some((column) => made.has(column)));
}

/**
 * Gives every draft pseudonyms that no other record has, neither in the source nor among the drafts: one
 * that is taken makes its record try again. One query a unique key and round, never one a record.
 *
 * @throws DsrError data where none is left.
 */
export async function makeUnique(
  source: Finds,
  target: Target,
  keys: readonly UniqueKey[],
  drafts: readonly Draft[],
): Promise<void> {
  let pending = drafts;
  for (let round = 0; pending.length > 0; round++) {
    if (round === ATTEMPTS) throw noneLeft(target, keys);
    const taken = new Set<Draft>();
    for (const key of keys) {
      for (const draft of await takenIn(source, target, key, drafts, pending)) taken.add(draft);
    }
    for (const draft of taken) draft.attempt += 1;
    pending = [...taken];
  }
}

async function takenIn(
  source: Finds,
  { collection }: Target,
  { columns: unique, folded }: UniqueKey,
  drafts: readonly Draft[],
  pending: readonly Draft[],
): Promise<readonly Draft[]> {
  const asking = new Set(pending);
  const holder = new Map<string, Draft>();
  const taken: Draft[] = [];
  const asked: { readonly draft: Draft; readonly tuple: Key }[] = [];
  // Those that are settled come first: it is the newcomer that must yield.
  for (const draft of [...drafts.filter((each) => !asking.has(each)), ...pending]) {
    const tuple = tupleOf(draft, unique);
    if (tuple === null) continue;
    const text = foldedText(tuple);
    if (holder.has(text) && asking.has(draft)) taken.push(draft);
    else {
      holder.set(text, draft);
      if (asking.has(draft)) asked.push({ draft, tuple });
    }
  }
  if (asked.length === 0) return taken;
  const found = source.find({
    collection: collection.table,
    key: collection.key,
    matches: [
      {
        fields: unique.map((column) => ({ column, path: [] })),
        mode: folded ? 'folded' : 'exact',
        keys: keySetOf(
          asked.map(({ tuple }) => tuple),
          unique.length,
        ),
        when: [],
      },
    ],
    fields: [],
  });
  for await (const batch of found) {
    for (const { key, matched } of batch) {
      for (const hit of matched) {
        const draft = asked[hit.key]?.draft;
        // Its own old value is no pseudonym for it; what was empty stays so.
        const isOwn = draft !== undefined && keyText(draft.key) === keyText(key);
        if (draft !== undefined && !(isOwn && unique.some((column) => draft.column(column) === '')))
          taken.push(draft);
      }
    }
  }
  return taken;
}

/** null: a part is null, and nulls are as many as one likes. */
function tupleOf(draft: Draft, unique: readonly string[]): Key | null {
  const parts = unique.map((column) => scalarOf(draft.column(column)));
  return parts.every((part): part is Scalar => part !== null) ? parts : null;
}

/** As the most forgiving of collations sees it. */
function foldedText(tuple: Key): string {
  return JSON.stringify(tuple.map((part) => String(part).normalize('NFKD').toLowerCase().trimEnd()));
}

function noneLeft({ collection }: Target, keys: readonly UniqueKey[]): DsrError {
  const fields = [...new Set(keys.flatMap(({ columns }) => columns))].join(', ');
  return new DsrError('data', `${collection.id}: no pseudonym is left that is unique in ${fields}`, {
    place: collection.id,
    hint: 'give the field another mask in dsr.yaml, or make its column longer',
  });
}
