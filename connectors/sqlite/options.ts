import { resolve } from 'node:path';
import type { SourceConfig } from '../../src/connector/contract.js';
import { DsrError } from '../../src/model/error.js';
import type { Place } from './errors.js';

export interface Options extends Place, Physical {
  /** Where keys may be put aside; `SourceConfig.scratch`. */
  readonly scratch: string;
}

/** What is done about the bytes of what was deleted. */
export interface Physical {
  /** `options.secure_delete`: a writer has SQLite overwrite with zeros what it deletes. */
  readonly secureDelete: boolean;
  /** `options.vacuum`: the connector has `compact`. */
  readonly vacuum: boolean;
}

const KNOWN = ['secure_delete', 'vacuum'] as const;

/** `connection` and `options` of a source. @throws DsrError config */
export function parse({ name, connection, options, workspace, scratch }: SourceConfig): Options {
  const file = typeof connection === 'string' ? connection : fileIn(connection);
  if (file === null || file === '') {
    throw new DsrError('config', `the source '${name}' needs the path of a SQLite file as its connection`, {
      hint: 'connection: data/crm.db   (from the folder of dsr.yaml)',
    });
  }
  const unknown = Object.keys(options).find((option) => !(KNOWN as readonly string[]).includes(option));
  if (unknown !== undefined) {
    throw new DsrError('config', `the source '${name}' has an option that sqlite does not know: ${unknown}`, {
      hint: `sqlite takes ${KNOWN.join(' and ')}`,
    });
  }
  const isOn = (option: (typeof KNOWN)[number]): boolean => {
    const value = options[option] ?? false;
    if (typeof value === 'boolean') return value;
    throw new DsrError('config', `the source '${name}': options.${option} is neither true nor false`, {
      hint: `options: { ${option}: true }`,
    });
  };
  return {
    source: name,
    file: resolve(workspace, file.replace(/^(?:sqlite:|file:)(?:\/\/)?/, '')),
    scratch,
    secureDelete: isOn('secure_delete'),
    vacuum: isOn('vacuum'),
  };
}

function fileIn(connection: unknown): string | null {
  if (typeof connection !== 'object' || connection === null || !('file' in connection)) return null;
  return typeof connection.file === 'string' ? connection.file : null;
}
