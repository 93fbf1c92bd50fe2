import type { Controller, IdentifierSetting, Policy } from '../model/map.js';
import type { Problem } from './problem.js';
import type { WrittenMap } from './schema.js';

/** A path into the map: keys and list positions. */
export type MapPath = readonly (string | number)[];

/** dsr.yaml, read, filled from the environment and found valid; not yet held against a schema. */
export interface LoadedMap {
  /** Absolute. */
  readonly file: string;
  /** The folder of the file. */
  readonly workspace: string;
  readonly controller: Controller;
  /** Defaults filled in. */
  readonly policy: Policy;
  readonly identifiers: Readonly<Record<string, IdentifierSetting>>;
  /** What a connector is opened with. Holds secrets: never print it. */
  readonly sources: readonly SourceSetting[];
  /** The map as the operator wrote it, `${ENV}` filled in. Holds secrets in `connection` and `options`. */
  readonly written: WrittenMap;
  /** sha256 of the canonical map, connections left out: `sha256:…`. */
  readonly hash: string;
  readonly warnings: readonly Problem[];
  /** Where a part of the map stands, `dsr.yaml:12:7`; the nearest part above it where it is not written. */
  place(path: MapPath): string;
  /** A message with every secret of the map, and every value of a variable, taken out again. */
  scrub(text: string): string;
}

export interface SourceSetting {
  readonly name: string;
  readonly connector: string;
  readonly connection: unknown;
  readonly options: Readonly<Record<string, unknown>>;
}

/** `sources.crm.collections.customers.fields.email`, `retain[0].until`, `fields["a.b"]`. */
export function pathText(path: MapPath): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    if (/[.[\]"\s]/.test(step)) return `${text}[${JSON.stringify(step)}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');
}
