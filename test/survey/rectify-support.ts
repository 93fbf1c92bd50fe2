import { onTestFinished } from 'vitest';
import type { Reader } from '../../src/connector/contract.js';
import { type IdentifierTypes, identifierTypes } from '../../src/identity/identifier-types.js';
import { encodeKey } from '../../src/locate/key-code.js';
import { locate } from '../../src/locate/locate.js';
import type { LocatedPerson } from '../../src/locate/located.js';
import type { Catalog, CollectionInfo } from '../../src/model/catalog.js';
import type { DataMap } from '../../src/model/map.js';
import { isJsonText, type Key, type Value } from '../../src/model/value.js';
import type { AnsweredPlace, Plan, PlanHeader, Setting } from '../../src/plan/plan.js';
import { planRectify, type RectifyPlan } from '../../src/plan/rectify.js';
import { openScratch } from '../../src/store/scratch.js';
import { surveyRectify } from '../../src/survey/rectify.js';
import { clock } from '../identity/people.js';
import { errorsOf, HEAD, resolve } from '../map/support.js';
import { type MemoryConnector, type MemoryRow, memoryConnector } from '../support/memory-connector.js';

/** One source: its collections as dsr.yaml has them, and the tables with what they hold. */
export interface SourceGiven {
  readonly collections: string;
  readonly tables: readonly (readonly [CollectionInfo, readonly MemoryRow[]])[];
  readonly readOnly?: true;
}

export interface Landscape {
  readonly map: DataMap;
  readonly catalogs: ReadonlyMap<string, Catalog>;
  readonly types: IdentifierTypes;
  readonly connectors: ReadonlyMap<string, MemoryConnector>;
}

const INFORMATION = `
  information: { purposes: [Avtal], legalBasis: contract, recipients: [], retention: Alltid, origin: subject, transfers: none }`;

export function landscapeOf(sources: Readonly<Record<string, SourceGiven>>, head = ''): Landscape {
  const indent = (text: string, by: number) => text.replaceAll(/^(?=.)/gm, ' '.repeat(by));
  const yaml = Object.entries(sources).map(
    ([name, { collections }]) =>
      `  ${name}:\n    connector: postgres\n    connection: \${CRM_DATABASE_URL}${indent(INFORMATION, 2)}\n    collections:\n${indent(collections, 6)}\n`,
  );
  const catalogs = Object.fromEntries(
    Object.entries(sources).map(([name, { tables }]) => [
      name,
      { collections: tables.map(([info]) => info) },
    ]),
  );
  const resolution = resolve(`${HEAD}${head}sources:\n${yaml.join('')}`, catalogs);
  if (errorsOf(resolution).length > 0) throw new Error(errorsOf(resolution).join('\n'));
  const connectors = Object.entries(sources).map(([name, { tables, readOnly }]) => {
    const collections = tables.map(([info, rows]) => ({ info, rows: rows.map((row) => filled(info, row)) }));
    return [name, memoryConnector({ collections, ...(readOnly === true ? { readOnly } : {}) })] as const;
  });
  return {
    map: resolution.map,
    catalogs: new Map(Object.entries(catalogs)),
    types: identifierTypes(resolution.map.identifiers, { clock }),
    connectors: new Map(connectors),
  };
}

/** The same landscape with other rows, by `source.table`: the map is held against the schema once only. */
export function holding(
  landscape: Landscape,
  rows: Readonly<Record<string, readonly MemoryRow[]>>,
): Landscape {
  const connectors = [...landscape.catalogs].map(([source, { collections }]) => {
    const filledIn = collections.map((info) => ({
      info,
      rows: (rows[`${source}.${info.name}`] ?? []).map((row) => filled(info, row)),
    }));
    return [source, memoryConnector({ collections: filledIn })] as const;
  });
  return { ...landscape, connectors: new Map(connectors) };
}

function filled(info: CollectionInfo, row: MemoryRow): MemoryRow {
  return Object.fromEntries(info.fields.map(({ name }) => [name, row[name] ?? null]));
}

const signal = new AbortController().signal;
const call = { signal, timeoutMs: 60_000 };

export interface Found {
  readonly person: LocatedPerson;
  readonly readers: ReadonlyMap<string, Reader>;
}

export async function findIn(landscape: Landscape, given: readonly string[]): Promise<Found> {
  const { map, types, connectors } = landscape;
  const readers = new Map<string, Reader>();
  for (const [name, connector] of connectors) readers.set(name, await connector.reader(call));
  const located = await locate({
    map,
    types,
    readers,
    statuses: map.sources.map(({ name }) => ({ source: name, status: 'searched' })),
    people: [
      {
        identifiers: given.map((text) => types.parse(text).identifier),
        records: [],
        accepted: [],
        rejected: [],
      },
    ],
    scratch: openScratch(null),
    signal,
  });
  onTestFinished(() => located.close());
  const [person] = located.people;
  if (person === undefined) throw new Error('nobody');
  return { person, readers };
}

export interface Answers {
  readonly accept?: readonly string[];
  readonly reject?: readonly string[];
}

/** Draws up what `NAME=VALUE` settings do for whom the identifiers name. */
export async function rectified(
  landscape: Landscape,
  given: readonly string[],
  set: readonly string[],
  answers: Answers = {},
): Promise<RectifyPlan> {
  const { map, catalogs, types, connectors } = landscape;
  const settings = set.map(settingOf);
  const scratch = openScratch(null);
  const found = await findIn(landscape, given);
  const survey = await surveyRectify({ map, catalogs, types, ...found, set: settings, scratch, signal });
  const drawn = await planRectify({
    map,
    survey,
    writable: (source) => connectors.get(source)?.writer !== undefined,
    header: {
      ...headerOf(map, settings, answers),
      identifiers: given.map((text) => types.parse(text).identifier),
    },
    scratch,
  });
  onTestFinished(() => drawn.plan.close());
  return drawn;
}

function settingOf(text: string): Setting {
  const at = text.indexOf('=');
  return { name: text.slice(0, at), value: text.slice(at + 1) };
}

function headerOf(map: DataMap, set: readonly Setting[], { accept = [], reject = [] }: Answers): PlanHeader {
  const places = (texts: readonly string[]): readonly AnsweredPlace[] =>
    texts.map((text) => {
      const at = text.indexOf(':');
      return {
        question: 'what',
        collection: text.slice(0, at),
        key: encodeKey([Number(text.slice(at + 1))]),
      };
    });
  return {
    dsr: 'plan',
    version: 1,
    action: 'rectify',
    request: null,
    created: '2026-11-22T12:00:00Z',
    map: map.hash,
    catalog: 'sha256:test',
    salt: 'salt',
    today: '2026-11-22',
    reason: null,
    set,
    identifiers: [],
    accepted: places(accept),
    rejected: places(reject),
  };
}

/** `update crm.customers:1 name Anna -> Anna Ny`, `keep shop.orders:2 (why)`; in the plan's order. */
export function lines({ groups, rows }: Plan): readonly string[] {
  return groups.flatMap(({ collection, role, action, fields, why }, at) =>
    [...rows(at)].map(({ key, old, new: shall }) => {
      const set = fields.map(({ field }, index) => ` ${field} ${told(old[index])} -> ${told(shall[index])}`);
      const who = role === 'own' ? '' : ` [${role}]`;
      return `${action} ${collection}:${key.join(',')}${who}${set.join(',')}${why === null ? '' : ` (${why})`}`;
    }),
  );
}

export function told(value: Value | undefined): string {
  if (value === null || value === undefined) return 'null';
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`;
  if (typeof value !== 'object') return typeof value === 'string' ? value : `${typeof value} ${value}`;
  return isJsonText(value) ? value.json : `[${value.map(told).join(' ')}]`;
}

/** Writes what the plan says, as an application of it would. */
export function write({ map, connectors }: Landscape, plan: Plan): void {
  for (const [at, { collection: id, action, fields }] of plan.groups.entries()) {
    const collection = map.collections.find((each) => each.id === id);
    if (action !== 'update' || collection === undefined) continue;
    const rows = new Map([...plan.rows(at)].map((row) => [keyOf(row.key), row]));
    connectors.get(collection.source)?.change(collection.table, (row) => {
      const planned = rows.get(keyOf(collection.key.map((column) => row[column] as Key[number])));
      if (planned === undefined) return row;
      const values = fields.map(({ field }, index) => [field, planned.new[index] ?? null] as const);
      return { ...row, ...Object.fromEntries(values) };
    });
  }
}

function keyOf(key: Key): string {
  return JSON.stringify(key.map(String));
}

export function dump({ connectors }: Landscape): Readonly<Record<string, readonly MemoryRow[]>> {
  return Object.fromEntries(
    [...connectors].flatMap(([source, connector]) =>
      Object.entries(connector.dump()).map(([table, rows]) => [`${source}.${table.split('.').at(-1)}`, rows]),
    ),
  );
}
