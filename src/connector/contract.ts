import type { Catalog, FieldPath } from '../model/catalog.js';
import type { Condition, MatchMode } from '../model/map.js';
import type { Key, Value } from '../model/value.js';
import type { KeySet } from './key-set.js';
import type { RowSet } from './row-set.js';

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
  /** One transaction that may change the source. Absent: a source that is only read. */
  writer?(call: Call): Promise<Writer>;
  /**
   * What a committed deletion still leaves behind inside the source, by its settings as they are now:
   * for the receipt. Absent: nothing is known of it.
   */
  leftovers?(call: Call): Promise<readonly Leftover[]>;
  /**
   * Gives back and overwrites the room of what was deleted. Present only where the source asks for it;
   * safe to repeat. Takes as long as the source is big; rejects as `transient` where others hold it.
   */
  compact?(call: Call): Promise<void>;
  close(): Promise<void>;
}

/** One thing that a deletion leaves; English, each part fit to stand in a sentence of its own, impersonal. */
export interface Leftover {
  /** What is left, and where. */
  readonly what: string;
  /** When it goes. */
  readonly until: string;
  /** What the operator can do to hasten it; null: nothing, or nothing is needed. */
  readonly remedy: string | null;
  /** `compact` takes it away. */
  readonly compacted?: true;
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
  /**
   * Every record of a collection once, in batches, in one pass; with `containing` only those in which
   * one of the texts stands. Streams as `find` does; a batch may be empty, as a sign of life from a pass
   * that finds little: the time-out is for each batch. Absent: a source that can only be asked by key.
   */
  scan?(query: Scan): AsyncIterable<readonly Scanned[]>;
  close(): Promise<void>;
}

export interface Scan {
  /** CollectionInfo.id. */
  readonly collection: string;
  /** The fields that make Scanned.key, as the catalog's KeyInfo or the map names them. */
  readonly key: readonly string[];
  /** Columns wanted, whole (no paths). A record in which all of them are null is left out. */
  readonly fields: readonly string[];
  /**
   * Only records in which one of the fields, told as text (bytes: as the ASCII that stands in them),
   * holds one of these, whatever the case of ASCII letters: a net, which may bring more but never less,
   * but for what a JSON text spells with an escape (`\u0061` for `a`) and what is compressed, encoded
   * or in another character set inside bytes. ASCII letters, digits and `-_.@+;` only. null: all.
   */
  readonly containing: readonly string[] | null;
}

export interface Scanned {
  readonly key: Key;
  /** One per Scan.fields, in that order. */
  readonly values: readonly Value[];
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

/**
 * One transaction at a source: nothing of it is seen by others before `commit`, all of it after. What
 * can be put off until the commit (deferrable constraints) is put off until `settle`.
 */
export interface Writer {
  /**
   * As Reader.find, but on what is true now: all that is committed when the query begins, and what this
   * writer changed. Takes no locks, so that a search through a big table holds up nobody: `lock` does.
   */
  find(query: Query): AsyncIterable<readonly Found[]>;
  /**
   * Holds these records until the end: nobody else changes or deletes them, and where the source has
   * foreign keys, nobody begins to refer to them. Waits for whoever holds one. Answers how many there are.
   */
  lock(records: Records): Promise<number>;
  /** Answers how many records the source changed or deleted by the keys given; its triggers and cascades are not counted. */
  apply(change: Change): Promise<Applied>;
  /** What was put off until the commit happens now: deferred constraints and triggers. */
  settle(): Promise<void>;
  /** Rejects as `data` or `conflict` where the source rolled back; as `transient` where its answer was lost: it may have landed. */
  commit(): Promise<void>;
  /** Rolls back what was not committed, and ends. */
  close(): Promise<void>;
}

/** Records of a collection, by key. */
export interface Records {
  /** CollectionInfo.id. */
  readonly collection: string;
  /** The fields that make a key, as the map names them. */
  readonly key: readonly string[];
  readonly keys: KeySet;
}

export type Change = Deletion | Update;

export interface Deletion extends Records {
  readonly kind: 'delete';
}

/** Every record gets its own values; columns whole, never paths. */
export interface Update {
  readonly kind: 'update';
  readonly collection: string;
  readonly key: readonly string[];
  readonly fields: readonly string[];
  /** Values as `find` gives them: what was read can be written back. */
  readonly rows: RowSet;
}

export interface Applied {
  readonly records: number;
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
