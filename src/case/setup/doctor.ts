import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '../../connector/contract.js';
import { identifierTypes } from '../../identity/identifier-types.js';
import type { Gap } from '../../map/gaps.js';
import { readMap } from '../../map/load.js';
import type { LoadedMap } from '../../map/loaded.js';
import { matchedFields } from '../../map/matched-fields.js';
import type { Problem } from '../../map/problem.js';
import { type Resolution, resolveMap } from '../../map/resolve.js';
import { DsrError, type ErrorKind } from '../../model/error.js';
import type { Context } from '../context.js';
import { verifyWorkspaceLedger } from '../ledger/verify.js';
import { type OpenSources, openSources } from '../sources.js';
import { workspaceAt } from '../workspace.js';

/** One thing looked at: how it stands, and what to do about it. */
export interface CheckItem {
  readonly area: 'workspace' | 'clock' | 'map' | 'source' | 'ledger';
  readonly severity: 'ok' | 'info' | 'warning' | 'error';
  /** A source, a collection, a file. */
  readonly about: string;
  readonly message: string;
  /** What to do; ready to paste where it is a command or SQL. */
  readonly hint: string | null;
  /** What kind it is, from which the exit code follows: of an error, or of what makes answers incomplete. */
  readonly kind: ErrorKind | null;
}

/**
 * Looks at everything that a request needs: workspace, clock, map, connections, privileges, indexes,
 * ledger. Changes nothing and reads no record. One thing that is wrong does not hide the next.
 *
 * @throws DsrError cancelled.
 */
export async function doctor(context: Context): Promise<readonly CheckItem[]> {
  const items: CheckItem[] = [...workspaceItems(context), clockItem(context)];
  try {
    const { map, problems } = readMap(workspaceAt(context.workspace).map, context.env);
    if (map === null) items.push(...problems.map(mapItem));
    else items.push(...(await mapAndSources(context, map)));
  } catch (error) {
    items.push(failed('map', 'dsr.yaml', error));
  }
  items.push(await ledgerItem(context));
  return items;
}

async function mapAndSources(context: Context, loaded: LoadedMap): Promise<readonly CheckItem[]> {
  const sources = await openSources(context, loaded);
  try {
    const resolution = resolveMap(loaded, sources.catalogs);
    const found = await sourceItems(context, sources, resolution);
    const ofMap = [...resolution.problems.map(mapItem), ...resolution.gaps.map(gapItem)];
    const fine = ok('map', 'dsr.yaml', `${resolution.map.collections.length} collections fit their tables`);
    return [...(ofMap.length === 0 ? [fine] : ofMap), ...found];
  } finally {
    await sources.close();
  }
}

async function sourceItems(
  context: Context,
  sources: OpenSources,
  { map }: Resolution,
): Promise<readonly CheckItem[]> {
  const types = identifierTypes(map.identifiers, { clock: context.clock, country: map.controller.country });
  const matched = matchedFields(map, types);
  const call = { signal: context.signal, timeoutMs: context.timeoutMs };
  const each = sources.statuses.map(async ({ source, error }): Promise<readonly CheckItem[]> => {
    const connector = sources.connectors.get(source);
    if (connector === undefined) {
      return [
        {
          area: 'source',
          severity: 'error',
          about: source,
          message: error ?? 'it did not answer',
          hint: 'until it answers every result is incomplete; check that it runs and that its connection is right',
          kind: 'transient',
        },
      ];
    }
    try {
      const findings = await connector.check(call, matched.get(source) ?? []);
      const told = sources.catalogs.get(source)?.collections ?? [];
      const tables = told.filter((info) => info.outOfScope === undefined).length;
      return [
        ok('source', source, `answers, with ${tables} tables and views`),
        ...findings.map((one) => findingItem(source, one)),
      ];
    } catch (problem) {
      return [failed('source', source, problem)];
    }
  });
  return (await Promise.all(each)).flat();
}

/** Whoever can read `.dsr` can read identifiers of people. */
function workspaceItems(context: Context): readonly CheckItem[] {
  const { state, dir } = workspaceAt(context.workspace);
  const item = (severity: CheckItem['severity'], message: string, hint: string | null): CheckItem => ({
    area: 'workspace',
    severity,
    about: dir,
    message,
    hint,
    kind: severity === 'error' ? 'config' : null,
  });
  if (process.platform === 'win32')
    return [item('info', 'file permissions are not checked on Windows', null)];
  let names: readonly string[];
  try {
    names = readdirSync(state);
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return missing
      ? [item('info', 'has no .dsr yet; it is made at first use', null)]
      : [item('error', '.dsr cannot be read', `chown it to the user that runs dsr, and chmod 700 ${state}`)];
  }
  const open = ['.', ...names].map((name) => join(state, name)).filter(isOpenToOthers);
  if (open.length === 0) return [item('ok', '.dsr is closed to others', null)];
  return open.map((path) => item('error', `${path} is open to others`, `chmod go= '${path}'`));
}

function isOpenToOthers(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  // Nothing in a closed folder can be reached, but only what is closed itself survives a careless copy.
  return stat !== undefined && (stat.mode & 0o077) !== 0;
}

function clockItem({ clock, workspace }: Context): CheckItem {
  const now = clock.now();
  const about = now.toISOString();
  if (clock.rehearsed) {
    const message = 'the clock is set by DSR_NOW: what is recorded is marked as a rehearsal';
    return {
      area: 'clock',
      severity: 'warning',
      about,
      message,
      hint: 'unset DSR_NOW for real requests',
      kind: null,
    };
  }
  const written = statSync(workspaceAt(workspace).map, { throwIfNoEntry: false })?.mtime;
  if (written !== undefined && written.getTime() - now.getTime() > 3_600_000) {
    const message = 'the clock is behind: dsr.yaml was changed later than now';
    return {
      area: 'clock',
      severity: 'error',
      about,
      message,
      hint: 'set the system clock; deadlines are counted by it',
      kind: 'config',
    };
  }
  return ok('clock', about, 'the system clock is used');
}

async function ledgerItem(context: Context): Promise<CheckItem> {
  try {
    const { entries } = await verifyWorkspaceLedger(context);
    return ok('ledger', 'ledger.db', entries === 0 ? 'has no entry yet' : `verifies: ${entries} entries`);
  } catch (error) {
    return failed('ledger', 'ledger.db', error);
  }
}

function mapItem(problem: Problem): CheckItem {
  const { severity, place, path, message, hint } = problem;
  const about = path === '' ? place : `${place} ${path}`;
  return { area: 'map', severity, about, message, hint, kind: severity === 'error' ? 'config' : null };
}

function gapItem({ kind, collection, source, names, message }: Gap): CheckItem {
  const isHidden = kind === 'hidden';
  return {
    area: 'map',
    severity: 'warning',
    about: collection ?? source,
    message: isHidden ? message : `${kind} that the map does not speak of: ${names.join(', ')}`,
    hint: isHidden
      ? 'let this connection read it; until then every result is incomplete'
      : 'map them, or say that they hold nobody (system, ignore, nonpersonal); until then every result is incomplete',
    kind: 'data',
  };
}

function findingItem(source: string, { severity, about, message, hint }: Finding): CheckItem {
  return {
    area: 'source',
    severity,
    about: `${source}: ${about}`,
    message,
    hint,
    kind: severity === 'error' ? 'config' : null,
  };
}

function ok(area: CheckItem['area'], about: string, message: string): CheckItem {
  return { area, severity: 'ok', about, message, hint: null, kind: null };
}

/** Cancelling is no finding; anything else is, and in our own words only. */
function failed(area: CheckItem['area'], about: string, error: unknown): CheckItem {
  if (!(error instanceof DsrError)) {
    return { area, severity: 'error', about, message: 'could not be checked', hint: null, kind: 'internal' };
  }
  if (error.kind === 'cancelled') throw error;
  return {
    area,
    severity: 'error',
    about,
    message: error.message,
    hint: error.hint ?? null,
    kind: error.kind,
  };
}
