import { readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { identifierTypes } from '../identity/identifier-types.js';
import { DsrError } from '../model/error.js';
import type { Controller, IdentifierSetting, Policy } from '../model/map.js';
import { readDocument } from './document.js';
import { substitute } from './environment.js';
import { mapHash } from './hash.js';
import type { LoadedMap } from './loaded.js';
import { inOrder, mapError, type Problem } from './problem.js';
import { type Reporter, reporter } from './reporter.js';
import { rules } from './rules.js';
import type { WrittenMap } from './schema.js';
import { scrubber } from './scrub.js';
import { literalSecrets } from './secret.js';
import { shape } from './shape.js';

export interface MapReading {
  /** Null where an error stands against it. */
  readonly map: LoadedMap | null;
  /** Errors and warnings, in the file's order. */
  readonly problems: readonly Problem[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads dsr.yaml: YAML, environment, secrets, shape, rules.
 *
 * @throws DsrError config naming every error with file, line, column and its path in the map.
 */
export function loadMap(file: string, env: Environment): LoadedMap {
  const { map, problems } = readMap(file, env);
  if (map === null) throw mapError(problems);
  return map;
}

/**
 * As `loadMap`, with what is wrong as a list: for `map check` and `doctor`, which show all.
 *
 * @throws DsrError config where the file itself cannot be read.
 */
export function readMap(file: string, env: Environment): MapReading {
  const path = resolve(file);
  const document = readDocument(readText(path), basename(path));
  if (document.problems.length > 0) return { map: null, problems: document.problems };
  const written = document.plain;
  const { place } = document;
  const filled = substitute(written, env, place);
  const shaped = shape(filled.value, written, place);
  const found = [...filled.problems, ...literalSecrets(written, place), ...shaped.problems];
  if (shaped.map === null) return { map: null, problems: inOrder(found) };
  const scrub = scrubber(filled.value, filled.used);
  const problems = inOrder([...found, ...rulesOf(shaped.map, reporter(place, scrub))]);
  if (problems.some((problem) => problem.severity === 'error')) return { map: null, problems };
  const map = loaded(path, shaped.map, mapHash(filled.value, written), problems, { place, scrub });
  return { map, problems };
}

function rulesOf(map: WrittenMap, report: Reporter): readonly Problem[] {
  const types = identifierTypes(settingsOf(map), { country: map.controller.country });
  return rules(map, { names: types.names, category: (type) => types.get(type).category }, report);
}

function loaded(
  file: string,
  written: WrittenMap,
  hash: string,
  warnings: readonly Problem[],
  { place, scrub }: Pick<LoadedMap, 'place' | 'scrub'>,
): LoadedMap {
  return {
    file,
    workspace: dirname(file),
    controller: controllerOf(written),
    policy: policyOf(written),
    identifiers: settingsOf(written),
    sources: Object.entries(written.sources).map(([name, source]) => ({
      name,
      connector: source.connector,
      connection: source.connection,
      options: source.options ?? {},
    })),
    written,
    hash,
    warnings,
    place,
    scrub,
  };
}

function controllerOf({ controller }: WrittenMap): Controller {
  return { ...controller, fiscalYearEnd: controller.fiscalYearEnd ?? null };
}

/** The defaults of contract.md §1. */
function policyOf({ policy }: WrittenMap): Policy {
  return {
    promise: policy?.promise ?? { months: 1 },
    freeExtract: policy?.freeExtract ?? { perMonths: 12 },
    approvals: policy?.approvals ?? { erase: 0 },
    identity: policy?.identity ?? 'operator',
    candidates: policy?.candidates ?? 'ask',
  };
}

function settingsOf(map: WrittenMap): Readonly<Record<string, IdentifierSetting>> {
  return Object.fromEntries(
    Object.entries(map.identifiers ?? {}).map(([name, setting]) => [name, defined(setting ?? {})]),
  );
}

/** The same without the keys that hold undefined. */
function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    if (code === 'ENOENT') {
      throw new DsrError('config', `there is no ${file}`, { hint: 'dsr init writes one', place: file });
    }
    throw new DsrError('config', `${file} cannot be read (${code})`, {
      hint: 'check its permissions',
      place: file,
    });
  }
}
