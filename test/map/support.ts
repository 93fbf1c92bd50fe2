import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { loadMap, readMap } from '../../src/map/load.js';
import { type Resolution, resolveMap } from '../../src/map/resolve.js';
import type {
  Catalog,
  CollectionInfo,
  FieldInfo,
  FieldKind,
  ReferenceInfo,
} from '../../src/model/catalog.js';

export const ENV = { CRM_DATABASE_URL: 'postgres://app:hunter2@db.example.com/crm', BILLING: 'billing.db' };

export const HEAD = `version: 1
controller:
  name: Onefin AB
  contact: contact@onefin.io
  authority: { name: IMY, url: https://www.imy.se }
  country: SE
  timezone: Europe/Stockholm
  language: sv
  fiscalYearEnd: "12-31"
`;

/** A whole map with one source, its collections given indented by none. */
export function crm(collections: string, source = ''): string {
  const block = (text: string, by: number) => text.replaceAll(/^(?=.)/gm, ' '.repeat(by));
  return `${HEAD}sources:
  crm:
    connector: postgres
    connection: \${CRM_DATABASE_URL}
${block(source, 4)}${source === '' ? '' : '\n'}    collections:
${block(collections, 6)}
`;
}

export function write(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'dsr-map-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'dsr.yaml');
  writeFileSync(file, text);
  return file;
}

export const load = (text: string, env: Record<string, string> = ENV) => loadMap(write(text), env);

/** `place path: message (hint)`, one a problem. */
export function problemsOf(text: string, env: Record<string, string> = ENV): readonly string[] {
  return readMap(write(text), env).problems.map(
    ({ severity, place, path, message, hint }) => `${severity} ${place} ${path}: ${message} (${hint})`,
  );
}

export function resolve(text: string, catalogs: Readonly<Record<string, Catalog>>): Resolution {
  return resolveMap(load(text), new Map(Object.entries(catalogs)));
}

export function errorsOf(resolution: Resolution): readonly string[] {
  return resolution.problems
    .filter((problem) => problem.severity === 'error')
    .map(({ path, message, hint }) => `${path}: ${message} (${hint})`);
}

/** `id integer, email varchar(200)?, tags text[]?`: `?` may be null, `=` generated; the first is the key. */
export function table(
  name: string,
  columns: string,
  rest: Partial<CollectionInfo> & { readonly to?: Readonly<Record<string, string>> } = {},
): CollectionInfo {
  const { to, ...info } = rest;
  const [schema, bare] = name.includes('.') ? (name.split('.') as [string, string]) : ['public', name];
  const fields = columns.split(/,\s*(?![^(]*\))/).map(column);
  const references = Object.entries(to ?? {}).map(([from, target]): ReferenceInfo => {
    const [goal = '', on = ''] = target.split(/\.(?=[^.]*$)/);
    return {
      name: `${bare}_${from}_fkey`,
      fields: from.split('+'),
      to: goal.includes('.') ? goal : `public.${goal}`,
      on: on.split('+'),
      onDelete: 'no-action',
      deferrable: false,
    };
  });
  return {
    id: `${schema}.${bare}`,
    schema,
    name: bare,
    unqualified: schema === 'public',
    kind: 'table',
    fields,
    key: { fields: [fields[0]?.name ?? ''], kind: 'declared' },
    unique: [],
    references,
    indexes: [],
    rows: null,
    comment: null,
    hidden: null,
    ...info,
  };
}

function column(text: string): FieldInfo {
  const [, name = '', native = '', array, end = ''] =
    /^(.+?)\s+([\w ]+(?:\([^)]*\))?)(\[\])?([?=]*)$/.exec(text) ?? [];
  const length = /^(?:varchar|char)\((\d+)\)$/.exec(native)?.[1];
  const kind = KINDS[native.replace(/\(.*/, '')] ?? 'other';
  const type = { kind, native, length: length === undefined ? null : Number(length) };
  const values = /^enum\((.*)\)$/.exec(native)?.[1]?.split(',');
  return {
    name,
    type:
      array === undefined
        ? { ...type, ...(values === undefined ? {} : { values }) }
        : { kind: 'array', native: `${native}[]`, length: null, element: type },
    nullable: end.includes('?'),
    generated: end.includes('='),
    hasDefault: false,
    comment: null,
  };
}

const KINDS: Readonly<Record<string, FieldKind>> = {
  integer: 'integer',
  numeric: 'decimal',
  'double precision': 'float',
  boolean: 'boolean',
  text: 'text',
  varchar: 'text',
  char: 'text',
  enum: 'enum',
  uuid: 'uuid',
  date: 'date',
  timestamp: 'timestamp',
  timestamptz: 'instant',
  bytea: 'bytes',
  jsonb: 'json',
};
