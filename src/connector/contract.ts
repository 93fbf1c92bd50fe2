import type { Catalog, FieldPath } from '../model/catalog.js';
import type { Condition, MatchMode } from '../model/map.js';
import type { Key, Value } from '../model/value.js';
import type { KeySet } from './key-set.js';

/**
 * The connector contract. A connector never sees a person or a policy: it takes sets of keys, hands
 * back batches of records, and says which of the asked keys each record matched. Presence of a method
 * is the capability. `test/conformance/` says in tests what these comments say in words.
 */
export interface Connector {
  readonly properties: Properties;
  /** Reachability, privileges (too few, too many), indexes for the fields that will be matched. */
  check(call: Call, matched: readonly MatchedField[]): Promise<readonly Finding[]>;
  describe(call: Call): Promise<Catalog>;
  /** One consistent snapshot, read-only at the source itself. */
  reader(call: Call): Promise<Reader>;
  close(): Promise<void>;
}

export interface Properties {
  readonly matchModes: readonly MatchMode[];
  /** How one source's changes hold together. */
  readonly atomicity: 'transaction' | 'record' | 'none';
  /** How many queries one reader may run at once. */
  readonly concurrency: number;
  readonly lookup: 'index' | 'scan' | 'remote';
}

/** Each call ends when the signal aborts or the time is out; both reject with a DsrError. */
export interface Call {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

export interface MatchedField {
  readonly collection: string;
  readonly fields: readonly FieldPath[];
  readonly mode: MatchMode;
}

export interface Finding {
  readonly severity: 'error' | 'warning' | 'info';
  /** Collection, field, privilege: what it is about. */
  readonly about: string;
  readonly message: string;
  /** What to do, ready to paste where it is SQL. */
  readonly hint: string | null;
}

export interface Reader {
  /**
   * Every record of the collection that matches any of the matches, in batches, each record once.
   * The result streams: memory does not grow with it. A key that cannot be coerced to its column's
   * type matches nothing and raises nothing. Equality is the source's, hence only a net.
   */
  find(query: Query): AsyncIterable<readonly Found[]>;
  close(): Promise<void>;
}

export interface Query {
  /** CollectionInfo.id. */
  readonly collection: string;
  /** The fields that make Found.key, as the catalog's KeyInfo or the map names them. */
  readonly key: readonly string[];
  /** Any of them. */
  readonly matches: readonly Match[];
  /** Columns wanted, whole (no paths). */
  readonly fields: readonly string[];
}

export interface Match {
  /** As many as a key of the set has parts. A path with `[]` matches when any element does. */
  readonly fields: readonly FieldPath[];
  readonly mode: MatchMode;
  readonly keys: KeySet;
  /** Only records that also satisfy all of these. */
  readonly when: readonly Condition[];
}

export interface Found {
  readonly key: Key;
  /** One per Query.fields, in that order. */
  readonly values: readonly Value[];
  /** At least one; the asked keys that this record matched. */
  readonly matched: readonly Hit[];
}

export interface Hit {
  /** Index into Query.matches. */
  readonly match: number;
  /** Position in that match's KeySet. */
  readonly key: number;
}

/** `Options` is the connector's own; it stays inside. */
export interface ConnectorFactory<Options = unknown> {
  readonly name: string;
  /** The `connection` and `options` of a source in dsr.yaml. Throws DsrError('config'). */
  parse(config: SourceConfig): Options;
  /** The same without secrets, fit to print. */
  redact(options: Options): unknown;
  open(options: Options): Promise<Connector>;
}

export interface SourceConfig {
  readonly name: string;
  /** With `${ENV}` already filled in. */
  readonly connection: unknown;
  readonly options: Readonly<Record<string, unknown>>;
  /** Relative paths are meant from here. */
  readonly workspace: string;
  /**
   * A folder closed to others, for what must not fill the memory while a command runs: keys, never
   * records; in files of mode 0600 that are unlinked as soon as they are open (`scratch.ts`).
   */
  readonly scratch: string;
}
