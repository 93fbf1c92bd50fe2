import { identifierTypes } from '../../src/identity/identifier-types.js';
import { maskMaker } from '../../src/mask/maker.js';
import type { MaskTarget } from '../../src/mask/target.js';
import type { CheckInfo, CollectionInfo, FieldInfo, FieldType } from '../../src/model/catalog.js';
import type { Collection, Field, Reference } from '../../src/model/map.js';

export const types = identifierTypes(
  { customer_no: {} },
  { clock: { now: () => new Date('2026-11-22T12:00:00Z') } },
);

export const seedOf = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

export const makerOf = (byte = 1) =>
  maskMaker({ seed: seedOf(byte), types, people: { identifiers: [], names: [] } });

export const check = (expression: string, ...fields: readonly string[]): CheckInfo => ({
  name: null,
  fields: fields.length === 0 ? ['c'] : fields,
  expression,
});

/** `varchar(20)`, `integer`: the column `c` of that type. */
export function target(
  type: Partial<FieldType> & Pick<FieldType, 'kind'>,
  rest: Partial<MaskTarget> = {},
): MaskTarget {
  return {
    name: 'crm.t.c',
    column: 'c',
    identifier: null,
    category: null,
    type: { native: type.kind, length: null, ...type },
    inDocument: false,
    unique: false,
    checks: [],
    ...rest,
  };
}

export function column(name: string, rest: Partial<FieldInfo> = {}): FieldInfo {
  return {
    name,
    type: { kind: 'text', native: 'text', length: null },
    nullable: true,
    generated: false,
    hasDefault: false,
    comment: null,
    ...rest,
  };
}

export function info(fields: readonly FieldInfo[], rest: Partial<CollectionInfo> = {}): CollectionInfo {
  return {
    id: 't',
    schema: null,
    name: 't',
    unqualified: true,
    kind: 'table',
    fields,
    key: { fields: ['id'], kind: 'declared' },
    unique: [],
    references: [],
    indexes: [],
    rows: null,
    comment: null,
    hidden: null,
    ...rest,
  };
}

export function field(name: string, rest: Partial<Field> = {}): Field {
  const [columnName = name, ...path] = name.replaceAll('[]', '.[]').split('.');
  return {
    name,
    at: { column: columnName, path },
    type: { kind: 'text', native: 'text', length: null },
    nullable: true,
    category: 'user.content',
    personal: true,
    identifier: null,
    of: null,
    relation: null,
    onErase: 'clear',
    export: 'show',
    reason: null,
    label: null,
    explain: null,
    values: null,
    notice: null,
    freetext: false,
    rectify: true,
    mask: null,
    ...rest,
  };
}

export function reference(name: string): Reference {
  return {
    id: `crm.t.${name}`,
    from: 'crm.t',
    fields: [{ column: name, path: [] }],
    to: 'crm.other',
    on: [{ column: 'id', path: [] }],
    when: [],
    relation: 'owned-by',
    onErase: 'clear',
  };
}

export function collection(fields: readonly Field[], rest: Partial<Collection> = {}): Collection {
  return {
    id: 'crm.t',
    source: 'crm',
    name: 't',
    table: 't',
    label: null,
    key: ['id'],
    keyKind: 'declared',
    subject: null,
    fields,
    references: [],
    information: {
      purposes: null,
      legalBasis: null,
      recipients: null,
      retention: null,
      origin: null,
      transfers: null,
      automated: 'none',
    },
    systemColumns: [],
    ignoredColumns: [],
    unmappedColumns: [],
    erase: null,
    retain: [],
    disable: null,
    restrict: null,
    unsearchable: null,
    ...rest,
  };
}
