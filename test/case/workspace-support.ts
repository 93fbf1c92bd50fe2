import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { connectorEntries } from '../../connectors/index.js';
import type { Context } from '../../src/case/context.js';
import type { ConnectorFactory } from '../../src/connector/contract.js';
import { registryOf } from '../../src/connector/registry.js';

export function folder(map?: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'dsr-workspace-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  if (map !== undefined) writeFileSync(join(dir, 'dsr.yaml'), map);
  return dir;
}

/** A context on the built-in connectors and those given. */
export function contextOf(
  workspace: string,
  given: {
    readonly env?: Readonly<Record<string, string>>;
    readonly factories?: readonly ConnectorFactory[];
    readonly signal?: AbortSignal;
    readonly timeoutMs?: number;
    readonly now?: Date;
  } = {},
): Context {
  const own = (given.factories ?? []).map((factory) => ({
    name: factory.name,
    about: 'a test',
    load: () => Promise.resolve(factory),
  }));
  return {
    workspace,
    registry: registryOf([...own, ...connectorEntries]),
    clock: { now: () => given.now ?? new Date(), rehearsed: given.now !== undefined },
    operator: 'tester',
    env: given.env ?? {},
    signal: given.signal ?? new AbortController().signal,
    timeoutMs: given.timeoutMs ?? 10_000,
    report: () => undefined,
    boundary: () => undefined,
  };
}

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
