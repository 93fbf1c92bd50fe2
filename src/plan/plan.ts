import type { KeySet } from '../connector/key-set.js';
import type { Mask } from '../model/map.js';
import type { RequestId } from '../model/request.js';
import type { Identifier } from '../model/subject.js';
import type { Key, Value } from '../model/value.js';
import type { EraseReason } from '../survey/judgement.js';

export type { EraseReason };

/**
 * What will happen to each record, and why: a header, and groups of records that fare alike, in the order
 * in which they are applied. Nothing in it was done yet. Its rows stand in a scratch file or a saved one:
 * memory does not grow with the records.
 */
export interface Plan {
  readonly header: PlanHeader;
  readonly groups: readonly PlanGroup[];
  /** Of one group, by its place in `groups`; ordered by key. */
  rows(group: number): Iterable<PlanRow>;
  keys(group: number): KeySet;
  /** The groups, by place, that a record stands in: one says what becomes of it, `disable` and `open` come beside. */
  groupsOf(collection: string, key: Key): readonly number[];
  /** `sha256:…` over the header (less what tells when and for whom it was made) and every line. */
  readonly hash: string;
  close(): void;
}

export interface PlanHeader {
  readonly dsr: 'plan';
  readonly version: 1;
  readonly action: 'erase' | 'rectify';
  /** null: the request is opened when the plan is applied. */
  readonly request: RequestId | null;
  /** RFC 3339, UTC. */
  readonly created: string;
  /** DataMap.hash. */
  readonly map: string;
  /** sha256 over the catalogs of the sources that were searched. */
  readonly catalog: string;
  /**
   * A secret of the workspace's: the ledger keeps a plan's hash, from which a short key (a personnummer)
   * could be guessed otherwise.
   */
  readonly salt: string;
  /** The civil date in the controller's zone by which retention was judged. */
  readonly today: string;
  readonly reason: EraseReason | null;
  /** What --set said; empty for erase. */
  readonly set: readonly Setting[];
  /** As the person is searched for, and what the operator answered: enough to draw the plan up again. */
  readonly identifiers: readonly Identifier[];
  readonly accepted: readonly AnsweredPlace[];
  readonly rejected: readonly AnsweredPlace[];
}

export interface Setting {
  /** An identifier type, a category, or one field: `crm.customers.name`. */
  readonly name: string;
  /** '' empties it. */
  readonly value: string;
}

/** A record that a decision was about, as Decision.recordKey gives its key. */
export interface AnsweredPlace {
  /** whose: whose the record is, put up by the search · what: what becomes of it, put up by the planner. */
  readonly question: 'whose' | 'what';
  readonly collection: string;
  readonly key: string;
}

/**
 * What becomes of a record. Every record found has exactly one of these (contract.md §4); `disable` and
 * `open` come beside it: the login that ends first, and a reference set null because two records that go
 * refer to each other.
 */
export type RecordAction = 'delete' | 'mask' | 'clear' | 'update' | 'keep' | 'manual';
export type GroupAction = RecordAction | 'disable' | 'open';

/** Records of one collection that fare alike, for the same reason. */
export interface PlanGroup {
  /** Collection.id. */
  readonly collection: string;
  readonly source: string;
  readonly role: 'own' | 'shared' | 'mention';
  readonly action: GroupAction;
  /** What is written where, beside deletion; also the fields that a kept record loses at once. */
  readonly fields: readonly FieldChange[];
  readonly ground: string | null;
  readonly law: string | null;
  /** The first civil day on which it may go. */
  readonly until: string | null;
  /** Why it is not what the map says, in words; names no value. */
  readonly why: string | null;
  /** Of what stays for the sake of others: own records masked instead of deleted, and shared ones. */
  readonly again?: LookAgain;
  readonly records: number;
}

/** When to look again whether it may go: the earliest day of what refers to it, or a shared record's own. */
export interface LookAgain {
  /** The first civil day on which something of that may go; null: nothing of it has a day. */
  readonly until: string | null;
  /** Why that stays. */
  readonly ground: string | null;
  readonly law: string | null;
}

export interface FieldChange {
  /** Field.name, or a column's where the map has no field for it. */
  readonly field: string;
  /** A mask; `new`: each row's own value (rectify). */
  readonly to: Mask | 'new';
}

export interface PlanRow {
  readonly key: Key;
  /** One a field whose `to` is `new`, in that order: what stands there, and what shall. Empty otherwise. */
  readonly old: readonly Value[];
  readonly new: readonly Value[];
}

/** Whether a group changes its source. */
export function changes({ action, fields }: PlanGroup): boolean {
  return action !== 'manual' && (action !== 'keep' || fields.length > 0);
}
