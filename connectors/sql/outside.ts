import type { IncomingReference } from '../../src/model/catalog.js';
import type { Column, Table } from './table.js';

/** What an engine tells of its source. */
export interface Described<C extends Column = Column> {
  /** In scope, and those out of it that lead into it and can be asked. */
  readonly tables: readonly Table<C>[];
  /** Foreign keys into these tables from others, which cannot. */
  readonly incoming: readonly IncomingReference[];
}

/**
 * A table out of scope stays where nothing of it is hidden, so that its rows can be looked for; of another
 * one only its foreign keys are told.
 *
 * @param unseen foreign keys from tables of which the source tells nothing else.
 */
export function askable<C extends Column>(
  all: readonly Table<C>[],
  unseen: readonly IncomingReference[] = [],
): Described<C> {
  const tables = all.filter(({ info }) => info.outOfScope === undefined || info.hidden === null);
  const ids = new Set(tables.map(({ info }) => info.id));
  const unreadable = all.flatMap(({ info }) =>
    ids.has(info.id)
      ? []
      : info.references.map(
          ({ name, fields, to, on, onDelete }): IncomingReference => ({
            ...{ from: info.id, name, fields, to, on, onDelete },
          }),
        ),
  );
  return { tables, incoming: [...unreadable, ...unseen].filter(({ to }) => ids.has(to)) };
}
