import { existsSync, linkSync, mkdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Substituted, substitute } from '../../map/environment.js';
import { mapJsonSchema } from '../../map/json-schema.js';
import type { LoadedMap } from '../../map/loaded.js';
import { scrubber } from '../../map/scrub.js';
import { holdsSecret } from '../../map/secret.js';
import { skeleton } from '../../map/skeleton.js';
import { DsrError } from '../../model/error.js';
import type { Controller } from '../../model/map.js';
import type { SourceStatus } from '../../model/subject.js';
import { fileError } from '../../store/private-file.js';
import type { Context } from '../context.js';
import { openSources } from '../sources.js';
import { prepareWorkspace, workspaceAt } from '../workspace.js';

export interface InitInput {
  /** The folder to become a workspace; made where it is missing. */
  readonly dir: string;
  readonly sources: readonly InitSource[];
  /** What is known of the controller; the rest is left to be filled in. */
  readonly controller?: Partial<Controller>;
}

export interface InitSource {
  readonly name: string;
  readonly connector: string;
  /** As it shall stand in dsr.yaml: `${CRM_DATABASE_URL}`, or the path of a SQLite file. */
  readonly connection: string;
}

export interface InitResult {
  /** The dsr.yaml written. */
  readonly file: string;
  /** Those unreachable stand in the map without tables. */
  readonly sources: readonly SourceStatus[];
  readonly tables: number;
  readonly columns: number;
}

/**
 * Makes a workspace: `.dsr`, and a dsr.yaml with all tables and columns of the sources.
 *
 * @throws DsrError config: there is a dsr.yaml already, a connection holds a literal password or a
 *   variable that is not set, a connector is unknown · usage: two sources of one name · cancelled.
 *   Nothing is written then.
 */
export async function initWorkspace(context: Context, input: InitInput): Promise<InitResult> {
  const workspace = workspaceAt(input.dir);
  if (existsSync(workspace.map)) throw taken(workspace.map);
  const opened = await openSources(context, settings(context, input, workspace.dir, workspace.map));
  await opened.close();
  const text = skeleton(
    input.sources.map((source) => ({ ...source, catalog: opened.catalogs.get(source.name) ?? null })),
    input.controller,
  );
  mkdir(workspace.dir);
  prepareWorkspace(workspace);
  write(join(workspace.state, 'dsr.schema.json'), `${JSON.stringify(mapJsonSchema(), null, 1)}\n`);
  createWhole(workspace.map, text);
  const tables = [...opened.catalogs.values()].flatMap((catalog) =>
    catalog.collections.filter((info) => info.kind === 'table' && info.outOfScope === undefined),
  );
  return {
    file: workspace.map,
    sources: opened.statuses,
    tables: tables.length,
    columns: tables.reduce((sum, info) => sum + info.fields.length, 0),
  };
}

/** The sources as a map would give them, before there is one. */
function settings(
  context: Context,
  input: InitInput,
  workspace: string,
  file: string,
): Pick<LoadedMap, 'sources' | 'workspace' | 'place' | 'scrub'> {
  const place = () => 'dsr init';
  const names = new Set<string>();
  const used: Substituted['used'][number][] = [];
  const sources = input.sources.map(({ name, connector, connection }) => {
    if (names.has(name)) throw new DsrError('usage', `two sources are called '${name}'`);
    names.add(name);
    if (!/^[A-Za-z_][\w-]*$/.test(name)) {
      throw new DsrError('usage', `'${name}' cannot be the name of a source`, {
        hint: 'letters, digits, _ and -, such as crm',
      });
    }
    if (holdsSecret(connection)) {
      throw new DsrError('config', `the connection of ${name} holds a literal password`, {
        hint: `put it in an environment variable and give \${NAME}: ${file} belongs in version control`,
      });
    }
    const filled = substitute(connection, context.env, place);
    const [problem] = filled.problems;
    if (problem !== undefined) {
      throw new DsrError(
        'config',
        `source ${name}: ${problem.message}`,
        problem.hint === null ? {} : { hint: problem.hint },
      );
    }
    used.push(...filled.used.map((one) => ({ ...one, path: ['sources', name, 'connection'] })));
    return { name, connector, connection: filled.value, options: {} };
  });
  const map = { sources: Object.fromEntries(sources.map((source) => [source.name, source])) };
  return { sources, workspace: resolve(workspace), place, scrub: scrubber(map, used) };
}

function mkdir(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true });
  } catch (error) {
    throw fileError(error, 'the workspace folder', dir);
  }
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: 0o600 });
  } catch (error) {
    throw fileError(error, 'the schema of dsr.yaml', file);
  }
}

/** Whole or not at all, and never over a file that appeared meanwhile. */
function createWhole(file: string, text: string): void {
  const part = `${file}.${process.pid}.part`;
  try {
    writeFileSync(part, text, { flag: 'wx' });
    linkSync(part, file);
  } catch (error) {
    if (existsSync(file)) throw taken(file);
    throw fileError(error, 'dsr.yaml', file);
  } finally {
    if (existsSync(part)) unlinkSync(part);
  }
}

function taken(file: string): DsrError {
  return new DsrError('config', `${file} exists already`, {
    hint: 'it is never overwritten; move it away, or give another folder: dsr init DIR',
    place: file,
  });
}
