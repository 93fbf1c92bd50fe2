import { DsrError } from '../model/error.js';
import type { DataMap } from '../model/map.js';

/** The sources through which records of a source are found, however far. */
export type Leading = (source: string) => ReadonlySet<string>;

/**
 * By the references of the map between its sources: what is referred to leads to what refers to it, what
 * owns to what it owns, and a record that holds somebody's identifiers to whom they name.
 */
export function leadingSources({ collections }: Pick<DataMap, 'collections'>): Leading {
  const sourceOf = new Map(collections.map(({ id, source }) => [id, source]));
  const direct = new Map<string, Set<string>>();
  const lead = (to: string, by: string | undefined) => {
    if (by === undefined || by === to) return;
    direct.set(to, (direct.get(to) ?? new Set()).add(by));
  };
  for (const { source, references, fields } of collections) {
    const named = new Set(fields.flatMap(({ identifier, of }) => (identifier === null ? [] : (of ?? []))));
    const naming = new Set(fields.flatMap(({ name, at }) => (named.has(name) ? [at.column] : [])));
    for (const { to, relation, fields: referring } of references) {
      if (relation === 'none') continue;
      const target = sourceOf.get(to);
      lead(source, target);
      const leads = relation === 'owns' || referring.some(({ column }) => naming.has(column));
      if (leads && target !== undefined) lead(target, source);
    }
  }
  return (source) => {
    const found = new Set(direct.get(source));
    // A Set is walked to its end while it grows.
    for (const each of found) for (const by of direct.get(each) ?? []) found.add(by);
    found.delete(source);
    return found;
  };
}

/** Why a source is left as it is, though nothing stands against it: it leads to one that was not changed. */
export function leftAsItIs(source: string, unchanged: string): DsrError {
  return new DsrError('data', `${source} leads to records of ${unchanged}, which was not changed`, {
    place: source,
    hint: `put ${unchanged} right, then \`dsr resume\` does the rest`,
  });
}
