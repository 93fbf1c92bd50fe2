import type { CollectionInfo, FieldType } from '../../src/model/catalog.js';
import { DsrError } from '../../src/model/error.js';
import type { Sql } from './fragment.js';

/** A table as its engine's statements need it, beside what the catalog tells of it. */
export interface Table<C extends Column = Column> {
  readonly info: CollectionInfo;
  /** Quoted and qualified, to stand after FROM. */
  readonly from: Sql;
  /** By name: the catalog's fields, and the physical key's pseudo-columns where it has one. */
  readonly columns: ReadonlyMap<string, C>;
  /**
   * Columns by whose values any two rows of one snapshot are told apart; the last may be ROW_COPY.
   * Cheap to compare; not always KeyInfo.fields.
   */
  readonly identity: readonly string[];
  /** The same over several statements, while others write: a declared key where every row has its own. */
  readonly lasting: readonly string[];
  /** Why its records cannot be changed, and what would help; null: they can. */
  readonly unchangeable: Unchangeable | null;
}

export interface Unchangeable {
  readonly why: string;
  readonly hint: string;
}

export interface Column {
  readonly name: string;
  readonly type: FieldType;
  /** The column's value in a row of the alias `t`, as compared. */
  readonly expression: Sql;
  /** Whether an update may set it: it is not made by the source. */
  readonly settable: boolean;
}

/** Through a view it depends on its making which records a change would reach. */
export const VIEW: Unchangeable = {
  why: 'it is a view',
  hint: 'name the table that it shows in the map, or let its records be manual',
};

/** Pseudo-columns of a table or view without any row address: a digest of the row … */
export const ROW_DIGEST = '#row';
/** … and, counted in code, which of the rows with that digest it is, from 1. */
export const ROW_COPY = '#copy';

/** @throws DsrError config where the source has no such collection. */
export function tableOf<C extends Column>(
  source: string,
  tables: ReadonlyMap<string, Table<C>>,
  id: string,
): Table<C> {
  const table = tables.get(id);
  if (table !== undefined) return table;
  throw new DsrError('config', `${source} has no collection ${id}`, {
    hint: 'hold the map against the source: dsr map check',
  });
}

/** @throws DsrError config, naming both, where the collection has no such field. */
export function columnOf<C extends Column>(table: Table<C>, name: string): C {
  const column = table.columns.get(name);
  if (column === undefined) {
    throw new DsrError('config', `${table.info.id} has no field ${name}`, {
      hint: 'hold the map against the source: dsr map check',
    });
  }
  return column;
}
