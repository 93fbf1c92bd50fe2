import type { ErrorKind } from '../model/error.js';
import type { RequestId, SubjectTag, Tag } from '../model/request.js';
import type { RoleCounts, SourceStatus } from '../model/subject.js';

export type Sha256 = `sha256:${string}`;
export type DecisionId = `D${number}`;
export type HoldId = `H${number}`;

/**
 * What the ledger can say. Nothing personal, by type: a person is tags; a record is counted, never
 * named by its key (a personnummer may be one); no free text, so no decision's wording. What strings
 * there are name the operator, sources and collections of the map, rules of law, or are hashes.
 * `checkImpersonal` holds every entry against that once more when it is written.
 */
export type Entry =
  | LedgerMade
  | FindDone
  | Intent
  | ExportDone
  | PlanMade
  | DecisionAnswered
  | Outcome
  | Verification
  | HoldChange
  | StateChange;

/** What an operation hands over; `at` and `rehearsed` are the ledger's to add. */
export type NewEntry = Exclude<Entry, LedgerMade>;

/** An entry as it stands in a body. */
export type Recorded<E extends Entry = Entry> = E & {
  /** RFC 3339, UTC. */
  readonly at: string;
  /** The clock was set by DSR_NOW; `at` may lie before earlier entries. Absent otherwise. */
  readonly rehearsed?: true;
};

interface By {
  /** Who ran the command. */
  readonly operator: string;
  readonly request: RequestId | null;
}

/** Always the first entry. */
export interface LedgerMade {
  readonly kind: 'ledger';
  readonly format: 1;
  /** Tells `ledger.key` from any other, without telling it. */
  readonly key: Tag;
}

export interface Counts {
  readonly own: number;
  readonly mentions: number;
  readonly shared: number;
  readonly candidates: number;
}

interface Searched {
  readonly subject: readonly SubjectTag[];
  /** DataMap.hash. */
  readonly map: Sha256;
  readonly complete: boolean;
  readonly sources: Readonly<Record<string, SourceStatus['status']>>;
  /** Collections with hits, by id; those searched in vain are known from `map` and `sources`. */
  readonly collections: Readonly<Record<string, Counts>>;
  /** Decisions left open. */
  readonly open: number;
}

/** How a look-up ended; `intent` is the entry that announced it. */
export interface FindDone extends By, Searched {
  readonly kind: 'find';
  readonly intent: number;
  readonly outcome: 'answered' | 'failed';
  readonly failure: ErrorKind | null;
}

/** Written before a record is read or changed, or anything is handed out. */
export interface Intent extends By {
  readonly kind: 'intent';
  readonly action:
    | 'find'
    | 'export'
    | 'erase'
    | 'rectify'
    | 'verify'
    | 'restrict'
    | 'disable'
    | 'sweep'
    | 'replay';
  readonly subject: readonly SubjectTag[];
  readonly map: Sha256;
  readonly plan: Sha256 | null;
}

/** How an export ended; `intent` is the entry that announced it. */
export interface ExportDone extends By, Searched {
  readonly kind: 'export';
  readonly intent: number;
  readonly outcome: 'written' | 'undecided' | 'failed';
  readonly extract: { readonly hash: Sha256; readonly bytes: number } | null;
  readonly withheld: readonly {
    readonly collection: string;
    readonly ground: string;
    readonly records: number;
  }[];
  readonly failure: ErrorKind | null;
}

export interface PlanMade extends By {
  readonly kind: 'plan';
  readonly plan: Sha256;
  readonly map: Sha256;
  readonly subject: readonly SubjectTag[];
  readonly actions: readonly {
    readonly collection: string;
    readonly action: 'delete' | 'mask' | 'clear' | 'update' | 'keep' | 'manual';
    readonly ground: string | null;
    readonly records: number;
  }[];
  /**
   * Ledger.recordTag of the person's roots that are erased, so that a restored backup can be told from
   * somebody who came back. Absent: a rectification, or written by an earlier version.
   */
  readonly roots?: readonly Tag[];
  /** The same of their roots that stay as they are: whoever is found in one did not come back. */
  readonly kept?: readonly Tag[];
  /** Why something is erased: erased again, it reaches no further. */
  readonly reason?: 'request' | 'consent-withdrawn' | 'objection' | 'retention-ended';
}

export interface DecisionAnswered extends By {
  readonly kind: 'decision';
  readonly decision: DecisionId;
  readonly about: 'candidate' | 'identity-conflict' | 'retention';
  readonly collection: string;
  /** Ledger.recordTag of the record in question. */
  readonly record: Tag;
  readonly answer: 'accept' | 'reject';
  /** The replay that asked, by the entry that announced it. Absent: asked about the request's person. */
  readonly intent?: number;
}

/** What became of an intent at one source. */
export interface Outcome extends By {
  readonly kind: 'outcome';
  readonly intent: number;
  readonly source: string;
  readonly outcome: 'committed' | 'rolled-back' | 'failed' | 'unknown';
  /** Records changed, by collection. */
  readonly records: Readonly<Record<string, number>>;
  readonly failure: ErrorKind | null;
}

/** Searched again for what should be gone. */
export interface Verification extends By {
  readonly kind: 'verification';
  readonly subject: readonly SubjectTag[];
  readonly sources: Readonly<Record<string, SourceStatus['status']>>;
  /** Found again less what the plan keeps. */
  readonly residual: number;
  readonly places: Readonly<Record<string, number>>;
  /** Every table was searched through, mapped or not. */
  readonly deep?: true;
  /** But not every one could be seen; only with `deep`. Before this was written down, it is not known. */
  readonly partial?: true;
}

/** A hold on the erasure of a person (`subject`) or of a collection (`collection`) began or ended. */
export interface HoldChange extends By {
  readonly kind: 'hold';
  readonly hold: HoldId;
  readonly event: 'added' | 'released';
  readonly ground: string;
  readonly subject: readonly SubjectTag[];
  readonly collection: string | null;
}

/** A request was opened, or went from one state to another. */
export interface StateChange extends By {
  readonly kind: 'state';
  readonly request: RequestId;
  readonly event: string;
  /** The request's status afterwards. */
  readonly status: string;
  readonly type: string;
  /** Civil date of receipt in the controller's time zone. */
  readonly received: string;
  readonly subject: readonly SubjectTag[];
  /** The intent of the command that opened it by itself; absent: opened by hand. */
  readonly intent?: number;
}

/** The collections with hits, as entries count them. */
export function countsOf(collections: readonly RoleCounts[]): Readonly<Record<string, Counts>> {
  const hits = collections.filter((one) => one.own + one.mentions + one.shared + one.candidates > 0);
  return Object.fromEntries(
    hits.map(({ collection, own, mentions, shared, candidates }) => [
      collection,
      { own, mentions, shared, candidates },
    ]),
  );
}

/** How each source was searched, as entries tell it. */
export function statusesOf(
  sources: readonly SourceStatus[],
): Readonly<Record<string, SourceStatus['status']>> {
  return Object.fromEntries(sources.map(({ source, status }) => [source, status]));
}
