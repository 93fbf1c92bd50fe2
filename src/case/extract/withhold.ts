import type { Withheld } from '../../extract/input.js';
import { DsrError } from '../../model/error.js';
import { retentionGrounds } from '../../model/ground.js';
import { keyText } from '../../model/value.js';
import type { Search } from '../search/search.js';

/**
 * Why a record may be left out of an extract: the grounds of GDPR Art. 17(3), the rights of others
 * (Art. 15(4)), and Swedish secrecy and drafts (dataskyddslagen 5:1 and 5:2).
 */
export const WITHHOLDING_GROUNDS = [
  'third-party-rights',
  'SE_SECRECY',
  'SE_DRAFT',
  ...retentionGrounds,
] as const;

/** `crm.notes:4`; parts of a composite key are joined by commas, `\,` is a comma. */
export interface WithholdInput {
  readonly withhold: readonly string[];
  readonly ground: string | null;
}

/** A record to withhold, as it was given. */
export interface Named {
  readonly collection: string;
  readonly parts: readonly string[];
}

/**
 * `collections`: the ids of all in the map, before it was held against a schema.
 *
 * @throws DsrError usage: no or an unknown ground, an unknown collection, not `collection:key`.
 */
export function parseWithheld(collections: readonly string[], input: WithholdInput): readonly Named[] {
  if (input.withhold.length === 0) {
    if (input.ground === null) return [];
    throw new DsrError('usage', '--ground was given, but nothing to withhold', {
      hint: 'name a record: --withhold crm.notes:4',
    });
  }
  if (!WITHHOLDING_GROUNDS.some((ground) => ground === input.ground)) {
    throw new DsrError(
      'usage',
      input.ground === null ? 'a record is withheld without a ground' : 'there is no such ground',
      {
        hint: `--ground takes one of ${WITHHOLDING_GROUNDS.join(', ')}`,
      },
    );
  }
  return input.withhold.map((text) => {
    const collection = collections.find((id) => text.startsWith(`${id}:`));
    if (collection === undefined) {
      throw new DsrError('usage', 'a --withhold names no collection of the map', {
        hint: 'write source.collection:key, as crm.notes:4; `dsr find --records` shows them',
      });
    }
    const parts = text
      .slice(collection.length + 1)
      .split(/(?<!\\),/)
      .map((part) => part.replaceAll('\\,', ','));
    return { collection, parts };
  });
}

/**
 * The records meant, with their exact keys.
 *
 * @throws DsrError usage: a record that is not in the extract, so that nothing can be left out of it, or
 *   not as many parts as a key has.
 */
export function withheldRecords(
  found: Search,
  named: readonly Named[],
  ground: string | null,
): readonly Withheld[] {
  return named.map(({ collection, parts }) => {
    checkParts(found, collection, parts);
    const wanted = keyText(parts);
    for (const record of found.person.records(collection, ['own', 'shared', 'mention'])) {
      if (keyText(record.key) === wanted) return { collection, key: record.key, ground: ground ?? '' };
    }
    throw new DsrError('usage', `a record of ${collection} to be withheld is not among those found`, {
      hint: '`dsr find --records` shows the keys',
    });
  });
}

function checkParts({ map }: Search, collection: string, parts: readonly string[]): void {
  const key = map.collections.find(({ id }) => id === collection)?.key;
  if (key === undefined || key.length === parts.length) return;
  throw new DsrError('usage', `a key of ${collection} has ${key.length} parts: ${key.join(', ')}`, {
    hint: 'join the parts by commas; a comma inside one is written \\,',
  });
}
