import type { Connector, Reader } from '../connector/contract.js';
import type { IdentifierTypes } from '../identity/identifier-types.js';
import type { Catalog } from '../model/catalog.js';
import type { DsrError } from '../model/error.js';
import type { DataMap } from '../model/map.js';
import type { Identifier } from '../model/subject.js';
import type { Plan } from '../plan/plan.js';

export interface ApplyInput {
  readonly plan: Plan;
  /** The map that the plan was made with, and the schemas that it was held against. */
  readonly map: DataMap;
  readonly catalogs: ReadonlyMap<string, Catalog>;
  /** Of every source that is searched, by name. */
  readonly connectors: ReadonlyMap<string, Connector>;
  readonly types: IdentifierTypes;
  /** What pseudonyms are derived from: the same for one request, destroyed with it. */
  readonly seed: Uint8Array;
  /** Whom `redact` takes out of free text: every identifier known, given and learnt, and names. */
  readonly person: { readonly identifiers: readonly Identifier[]; readonly names: readonly string[] };
  /** Locates and plans again on what these read, with the same answers. The plan is closed here. */
  readonly redraw: (readers: ReadonlyMap<string, Reader>) => Promise<Plan>;
  /** Before the first write of a phase, when the plan was found to hold. */
  readonly onIntent: (intent: Intent) => void | Promise<void>;
  /** All is written and read back at a source, and it is asked to commit next. */
  readonly onReady: (ready: Ready) => void | Promise<void>;
  /** As soon as it is known; once a source and phase that was begun. */
  readonly onOutcome: (outcome: SourceOutcome) => void | Promise<void>;
  readonly signal: AbortSignal;
  /** Milliseconds a single call to a source may take. */
  readonly timeoutMs: number;
  /** Progress; holds nothing personal. */
  readonly report: (message: string) => void;
  /** A private folder for scratch files; null: in memory. */
  readonly tmp: string | null;
}

/** disable: the logins end, in a transaction of their own, before every other write. */
export type PhaseName = 'disable' | 'change';

export interface Intent {
  readonly phase: PhaseName;
  readonly sources: readonly string[];
}

export interface Ready {
  readonly source: string;
  readonly phase: PhaseName;
  /** What stands there once it is committed, see digest.ts. */
  readonly digest: string;
}

export interface SourceOutcome {
  readonly source: string;
  readonly phase: PhaseName;
  /**
   * rolled-back: nothing of it happened. unknown: the answer to the commit was lost and it may have
   * landed, or a source without transactions failed on the way.
   */
  readonly status: 'committed' | 'rolled-back' | 'unknown';
  /** Records changed; 0 unless committed. */
  readonly records: number;
  /** null where committed. */
  readonly error: DsrError | null;
}

export interface ApplyResult {
  /** Everything that the plan would change was changed. */
  readonly complete: boolean;
  /** Ctrl-C came when something was committed already; what was not is rolled back. */
  readonly cancelled: boolean;
  readonly sources: readonly SourceOutcome[];
  /** Free text out of which the person was taken by rule: for a human to look at. */
  readonly look: readonly Look[];
}

export interface Look {
  readonly collection: string;
  readonly field: string;
  /** Records in which there is a text. */
  readonly records: number;
}
