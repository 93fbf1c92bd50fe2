import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { connectorEntries } from '../../connectors/index.js';
import { readZip } from '../extract/read-zip.js';
import { type Engine, type TestDatabase, withEngine } from '../harness/engines.js';
import { TOLD } from '../support/information.js';
import { type Call, dsr } from '../support/terminal.js';

export interface CaseSource {
  /** Statements that every engine understands, or one list an engine. */
  readonly sql: readonly string[];
  /** `collections` of the source in dsr.yaml. */
  readonly collections: Readonly<Record<string, unknown>>;
  readonly nonpersonal?: readonly string[];
  readonly options?: Readonly<Record<string, unknown>>;
  readonly backups?: unknown;
  /** Beside those of every source (support/information.ts), or in place of one. */
  readonly information?: Readonly<Record<string, unknown>>;
  /** Another engine than the workspace's. */
  readonly engine?: Engine;
}

export interface CaseWorkspace {
  readonly folder: string;
  readonly databases: Readonly<Record<string, TestDatabase>>;
  /** What every call is given, to be added to: `world.env.DSR_NOW = …`. */
  readonly env: Record<string, string>;
  dsr(...argv: readonly string[]): Promise<Call>;
  /** Role and place of every record found: `own crm.customers:1`, sorted; decisions are candidates. */
  found(...identifiers: readonly string[]): Promise<readonly string[]>;
  /** The extract's files by name, as text. */
  extract(...argv: readonly string[]): Promise<ReadonlyMap<string, string>>;
  read(path: string): Buffer;
  close(): Promise<void>;
}

/** A workspace over fresh databases of one engine, one a source. */
export async function caseWorkspace(
  engine: Engine,
  sources: Readonly<Record<string, CaseSource>>,
  extra: Readonly<Record<string, unknown>> = {},
): Promise<CaseWorkspace> {
  const folder = mkdtempSync(join(tmpdir(), 'dsr-case-'));
  const databases: Record<string, TestDatabase> = {};
  const env: Record<string, string> = {};
  const written: Record<string, unknown> = {};
  for (const [name, source] of Object.entries(sources)) {
    const database = await withEngine(source.engine ?? engine);
    databases[name] = database;
    for (const statement of source.sql) await database.exec(statement);
    env[`${name.toUpperCase()}_URL`] = database.connection;
    written[name] = {
      connector: source.engine ?? engine,
      connection: `\${${name.toUpperCase()}_URL}`,
      information: { ...TOLD, ...source.information },
      ...(source.nonpersonal === undefined ? {} : { nonpersonal: source.nonpersonal }),
      ...(source.options === undefined ? {} : { options: source.options }),
      ...(source.backups === undefined ? {} : { backups: source.backups }),
      collections: source.collections,
    };
  }
  const map = {
    version: 1,
    controller: {
      name: 'Onefin AB',
      contact: 'contact@example.com',
      authority: { name: 'IMY', url: 'https://www.imy.se' },
      country: 'SE',
      timezone: 'Europe/Stockholm',
      language: 'sv',
    },
    ...extra,
    sources: written,
  };
  writeFileSync(join(folder, 'dsr.yaml'), stringify(map));
  const call = (...argv: readonly string[]) => dsr(argv, { cwd: folder, env, entries: connectorEntries });
  return {
    folder,
    databases,
    env,
    dsr: call,
    async found(...identifiers) {
      const { stdout, stderr } = await call('find', ...identifiers, '--records', '--json');
      if (stdout === '') throw new Error(stderr);
      const document = JSON.parse(stdout) as {
        readonly records: readonly { collection: string; role: string; key: Record<string, unknown> }[];
      };
      return document.records
        .map(({ collection, role, key }) => `${role} ${collection}:${Object.values(key).join(',')}`)
        .sort();
    },
    async extract(...argv) {
      const file = join(folder, 'extract.zip');
      const { code, stderr } = await call('export', ...argv, '-o', file);
      if (code !== 0 && code !== 3) throw new Error(`export ended with ${code}: ${stderr}`);
      return zipTexts(file);
    },
    read: (path) => readFileSync(join(folder, path)),
    async close() {
      await Promise.all(Object.values(databases).map((database) => database.drop()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function zipTexts(file: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readZip(file);
  return new Map([...entries].map(([name, bytes]) => [name, Buffer.from(bytes).toString('utf8')]));
}
