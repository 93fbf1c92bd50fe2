import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { main } from '../../src/cli/main.js';
import type { ConnectorEntry } from '../../src/connector/registry.js';
import { TOLD } from '../support/information.js';
import { type MemoryConnector, type MemoryRow, memoryConnector } from '../support/memory-connector.js';
import { recordingIo } from '../support/terminal.js';
import { catalogOf, connectorsOf, type World, type WorldCollection } from '../support/world.js';
import { type Entry, ledgerOf } from './books.js';

type Sources = ReadonlyMap<string, MemoryConnector>;

/** What stands at every source, as text. */
export type Dump = readonly string[];

/** A random landscape as a workspace on the disk, over the reference connector. */
export interface Landscape {
  /** Runs a command; with `dieAt` it dies at that boundary, from 0, and none of its transactions outlives it. */
  run(
    argv: readonly string[],
    dieAt?: number,
  ): Promise<{ readonly code: number; readonly steps: readonly string[]; readonly said: string }>;
  dump(): Dump;
  entries(): readonly Entry[];
  close(): void;
}

class Dead extends Error {}

export function randomLandscape(world: World): Landscape {
  const folder = mkdtempSync(join(tmpdir(), 'dsr-crash-'));
  writeFileSync(join(folder, 'dsr.yaml'), stringify(mapText(world)));
  let sources: Sources = connectorsOf(world);
  const entry: ConnectorEntry = {
    name: 'memory',
    about: 'test',
    load: async () => ({
      name: 'memory',
      parse: ({ name }) => name,
      redact: (name) => name,
      async open(name) {
        const found = sources.get(String(name));
        if (found === undefined) throw new Error('there is no such source');
        return found;
      },
    }),
  };
  return {
    async run(argv, dieAt) {
      const steps: string[] = [];
      const boundary = (step: string) => {
        steps.push(step);
        // A dead process does nothing any more, whoever catches this.
        if (dieAt !== undefined && steps.length > dieAt) throw new Dead();
      };
      const { io, stdout, stderr } = recordingIo({ cwd: folder, env: { DSR_NOW: '2026-11-26T12:00:00Z' } });
      const code = await main([...argv, '--json'], io, [entry], new AbortController().signal, boundary);
      if (dieAt !== undefined) sources = committed(world, sources);
      return { code, steps, said: stdout() + stderr() };
    },
    dump: () =>
      [...sources].flatMap(([source, each]) =>
        Object.entries(each.dump()).flatMap(([table, rows]) =>
          rows.map((row) => `${source}.${table} ${JSON.stringify(row)}`),
        ),
      ),
    entries: () => ledgerOf(folder),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The same sources, of which nobody holds a record. */
function committed(world: World, sources: Sources): Sources {
  return new Map(
    [...sources].map(([source, old]) => {
      const rows = old.dump();
      const collections = catalogOf(world, source).collections.map((info) => ({
        info,
        rows: (rows[info.id] ?? []) as readonly MemoryRow[],
      }));
      return [source, memoryConnector({ collections })];
    }),
  );
}

/** dsr.yaml, as the map that the world describes. */
function mapText(world: World): unknown {
  const names = [...new Set(Object.keys(world).map((id) => id.split('.')[0] ?? ''))];
  const of = (source: string) => Object.entries(world).filter(([id]) => id.startsWith(`${source}.`));
  return {
    version: 1,
    controller: {
      name: 'Onefin AB',
      contact: 'contact@example.com',
      authority: { name: 'IMY', url: 'https://www.imy.se' },
      ...{ country: 'SE', timezone: 'Europe/Stockholm', language: 'sv', fiscalYearEnd: '12-31' },
    },
    sources: Object.fromEntries(
      names.map((source) => [
        source,
        {
          connector: 'memory',
          connection: source,
          information: TOLD,
          nonpersonal: of(source).flatMap(([id, each]) => (each.outside === true ? [tableOf(id)] : [])),
          collections: Object.fromEntries(
            of(source).flatMap(([id, each]) =>
              each.outside === true ? [] : [[tableOf(id), collection(each, columnsOf(world, id))]],
            ),
          ),
        },
      ]),
    ),
  };
}

function collection(each: WorldCollection, columns: readonly string[]): unknown {
  const { subject, identifiers = {}, references = [], personal = [], retain = [], erase = 'delete' } = each;
  const named = [...Object.keys(identifiers), ...references.flatMap(({ fields }) => fields), ...personal];
  const verdict =
    typeof erase === 'string' ? { erase } : { erase: erase.kind, ground: erase.ground ?? 'legal-claims' };
  return {
    ...(subject === undefined ? {} : { subject: 'person' }),
    information: { legalBasis: each.legalBasis ?? 'contract' },
    system: columns.filter((column) => !named.includes(column)),
    fields: {
      ...Object.fromEntries(
        Object.entries(identifiers).map(([field, { type, ...more }]) => [
          field,
          { category: 'user.contact.email', identifier: type, ...more },
        ]),
      ),
      ...Object.fromEntries(personal.map((field) => [field, 'user.content.private'])),
    },
    references: references.map(({ fields, to, on = ['id'], relation, when, onErase }) => ({
      ...{ fields, to, on, relation },
      ...(when === undefined ? {} : { when: Object.fromEntries(when.map((one) => [one.field, one.anyOf])) }),
      ...(onErase === undefined ? {} : { onErase }),
    })),
    ...verdict,
    ...(retain.length === 0
      ? {}
      : {
          retain: retain.map(({ ground, until: { field } }) => ({
            ground,
            until: { field, plus: { years: 5 } },
          })),
        }),
  };
}

function tableOf(id: string): string {
  return id.split('.')[1] ?? '';
}

function columnsOf(world: World, id: string): readonly string[] {
  const [source = ''] = id.split('.');
  const info = catalogOf(world, source).collections.find(({ name }) => name === tableOf(id));
  return (info?.fields ?? []).map(({ name }) => name);
}
