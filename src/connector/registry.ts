import { DsrError } from '../model/error.js';
import type { ConnectorFactory } from './contract.js';

export interface ConnectorEntry {
  readonly name: string;
  /** One line for `dsr connectors list`. */
  readonly about: string;
  /** Loads the driver: called only when a source uses it. */
  load(): Promise<ConnectorFactory>;
}

export interface Registry {
  readonly entries: readonly ConnectorEntry[];
  /** A built-in name, an npm package, or a path from the workspace. */
  resolve(connector: string, workspace: string): Promise<ConnectorFactory>;
}

/** The connectors that the entry point joins to the core, and those the map names by package or file. */
export function registryOf(entries: readonly ConnectorEntry[]): Registry {
  return {
    entries,
    async resolve(connector, workspace) {
      const known = entries.find((entry) => entry.name === connector);
      if (known !== undefined) return known.load();
      return loadThirdParty(connector, workspace, entries);
    },
  };
}

async function loadThirdParty(
  connector: string,
  workspace: string,
  entries: readonly ConnectorEntry[],
): Promise<ConnectorFactory> {
  const { createRequire } = await import('node:module');
  const { join, resolve } = await import('node:path');
  const { pathToFileURL } = await import('node:url');
  const names = entries.map((entry) => entry.name).join(', ');
  const isPath = connector.startsWith('.') || connector.startsWith('/');
  let module: { readonly default?: unknown };
  try {
    const file = isPath
      ? resolve(workspace, connector)
      : createRequire(join(workspace, 'dsr.yaml')).resolve(connector);
    module = (await import(pathToFileURL(file).href)) as { readonly default?: unknown };
  } catch {
    throw new DsrError('config', `the connector '${connector}' could not be loaded`, {
      hint: isPath
        ? 'check the path; it is meant from the workspace folder'
        : `built in are: ${names}; any other name is an npm package, to be installed in the workspace`,
    });
  }
  if (!isFactory(module.default)) {
    throw new DsrError(
      'config',
      `'${connector}' is not a connector: its default export has no name, parse, redact and open`,
      {
        hint: 'connectors/README.md says how to write one',
      },
    );
  }
  return module.default;
}

function isFactory(value: unknown): value is ConnectorFactory {
  if (typeof value !== 'object' || value === null) return false;
  const parts = value as Partial<Record<keyof ConnectorFactory, unknown>>;
  return (
    typeof parts.name === 'string' &&
    [parts.parse, parts.redact, parts.open].every((part) => typeof part === 'function')
  );
}
