import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../../src/case/context.js';
import { registryOf } from '../../src/connector/registry.js';
import { clockAt, folder } from '../ledger/support.js';

const MAP = `version: 1
controller:
  name: Onefin AB
  contact: contact@onefin.io
  authority: { name: Integritetsskyddsmyndigheten (IMY), url: https://www.imy.se }
  country: SE
  timezone: Europe/Stockholm
  language: sv
sources:
  crm: { connector: sqlite, connection: crm.db, collections: {} }
`;

/** A folder with a map, and nothing else yet. */
export function workspace(map = MAP): string {
  const dir = folder();
  writeFileSync(join(dir, 'dsr.yaml'), map);
  return dir;
}

/** A context there at that time, and the warnings that were reported to it. */
export function contextAt(
  dir: string,
  time: string,
  { rehearsed = false, operator = 'per' } = {},
): { readonly context: Context; readonly warnings: string[] } {
  const warnings: string[] = [];
  const context: Context = {
    workspace: dir,
    registry: registryOf([]),
    clock: clockAt(time, rehearsed),
    operator,
    env: {},
    signal: new AbortController().signal,
    timeoutMs: 1_000,
    boundary: () => {},
    report: (event) => {
      if (event.kind === 'warning') warnings.push(event.message);
    },
  };
  return { context, warnings };
}

export async function collected<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
