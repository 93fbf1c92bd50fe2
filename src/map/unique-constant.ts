import type { CollectionInfo } from '../model/catalog.js';
import { uniqueKeys } from '../model/unique-keys.js';

/** What would come of a constant in a unique column; `sure`: it cannot stand in two records. */
export interface ConstantTwice {
  readonly sure: boolean;
  readonly message: string;
}

/**
 * One value for every record, in a column of which the table holds each value once: the second record is
 * refused, and its whole source rolled back. null: nothing stands against it.
 *
 * @param constants all columns that get a constant at once.
 */
export function constantTwice(
  column: string,
  info: CollectionInfo,
  constants: ReadonlySet<string>,
): ConstantTwice | null {
  const all = uniqueKeys(info);
  const free = (name: string) => name !== column && !constants.has(name);
  // Another key among a key's columns already tells its records apart.
  const isApart = (columns: readonly string[]) =>
    all.some((key) => key.whole && key.columns.every((name) => columns.includes(name) && free(name)));
  const close = all.filter(({ columns }) => columns.includes(column) && !isApart(columns));
  const sure = close.find(({ columns, whole }) => whole && !columns.some(free));
  if (sure !== undefined) {
    const what =
      sure.columns.length === 1 ? `${column} is unique` : `${sure.columns.join(', ')} are unique together`;
    return { sure: true, message: `${what}: two records cannot both hold the constant` };
  }
  const [maybe] = close;
  if (maybe === undefined) return null;
  const others = maybe.columns.filter((name) => name !== column);
  const where = others.length === 0 ? 'in an index' : `together with ${others.join(', ')}`;
  return {
    sure: false,
    message: `${column} is unique ${where}: two records that both get the constant may be refused`,
  };
}
