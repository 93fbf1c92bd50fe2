import { join } from 'node:path';
import type { Clock } from '../model/clock.js';
import type { HoldId } from '../model/hold.js';
import type { RequestId, SubjectTag } from '../model/request.js';
import type { Identifier } from '../model/subject.js';
import { openDatabase } from '../store/database.js';
import { migrate } from '../store/migrate.js';
import { type Commit, commitsOf, recordCommit } from './commit.js';
import { compacted, compactionsOwed, oweCompaction } from './compaction.js';
import { type Answer, type AnswerGiven, answerDecisions, answersOf, decisionIds } from './decision.js';
import { extractsOf, type HandedOut, handedOutUnder, recordExtract } from './extract.js';
import {
  addHold,
  type Blocked,
  block,
  blocked,
  type Hold,
  holdOf,
  holdSubject,
  holds,
  holdsOn,
  type NewHold,
  type Release,
  releaseHold,
  requestsKeptBy,
  widenHold,
} from './hold.js';
import { type LearntIdentifier, learntOf, namesOf, recordLearnt, recordNames } from './learnt.js';
import {
  dropObligations,
  type Judged,
  type Obligation,
  type Owing,
  type OwingUntil,
  obligations,
  owedOf,
  owedUnder,
  type Retention,
  recordObligations,
  requestsOwing,
  retentions,
} from './obligation.js';
import { dropPlan, type KeptPlan, planApplied, plansOf, recordPlan } from './plan.js';
import { forgetRequests, purgeRequests, purgeSearches, wipe } from './purge.js';
import {
  addEvent,
  identifiersOf,
  type NewRequest,
  openRequest,
  requestOf,
  requests,
  type StoredRequest,
  subjectOf,
} from './request.js';
import { workSteps } from './schema.js';
import { destroySeed, seedOf } from './seed.js';
import type { RequestEvent } from './words.js';

/**
 * `work.db`: what open requests need and the ledger may not hold. Where a method takes `record`, it is
 * called before the commit, so that nothing stands here that the ledger does not know of; the lock of
 * work.db is always taken before the ledger's, never the other way round.
 */
export interface Work {
  openRequest(input: Omit<NewRequest, 'at' | 'rehearsed'>, record: (request: RequestId) => void): RequestId;
  addEvent(request: RequestId, event: RequestEvent, operator: string, record: () => void): void;
  /** Throws DsrError('usage') where there is none. */
  request(request: string): StoredRequest;
  /** Normalised; none once the request was purged. Throws DsrError('usage') where there is none. */
  identifiers(request: string): readonly Identifier[];
  subject(request: string): readonly SubjectTag[];
  /** As they were opened; with tags, those of anybody who bears one. */
  requests(tags?: readonly string[]): Iterable<StoredRequest>;
  /** `D1`, `D2` …, one a fingerprint; the same one keeps its id within its scope. */
  decisionIds(scope: string, fingerprints: readonly string[]): readonly string[];
  answer(scope: string, given: readonly AnswerGiven[], operator: string, record: () => void): void;
  /** By fingerprint. */
  answers(scope: string): ReadonlyMap<string, Answer>;
  recordExtract(extract: Omit<HandedOut, 'at'>, subject: readonly SubjectTag[], record: () => void): void;
  /** Handed out since, to anybody who bears one of the tags (of strong identifiers). */
  extracts(tags: readonly string[], since: Date): readonly HandedOut[];
  /** Whether an extract was handed out under this request. */
  hasExtract(request: RequestId): boolean;
  /** Identifiers of the person that were found on the way. */
  recordLearnt(request: RequestId, learnt: readonly LearntIdentifier[]): void;
  learnt(request: RequestId): readonly LearntIdentifier[];
  /** What the person is called, as it was taken out of texts. */
  recordNames(request: RequestId, names: readonly string[]): void;
  names(request: RequestId): readonly string[];
  /** What the request's pseudonyms are derived from; made at the first call. */
  seed(request: RequestId): Uint8Array;
  /** Once nothing needs it any more. */
  destroySeed(request: RequestId): void;
  recordPlan(plan: Omit<KeptPlan, 'applied'>): void;
  /** A source was changed by it, or nothing had to be. */
  planApplied(request: RequestId, hash: string): void;
  /** It changed nothing; one that did stays. */
  dropPlan(request: RequestId, hash: string): void;
  plans(request: RequestId): readonly KeptPlan[];
  /** Before a source is asked to commit. */
  recordCommit(commit: Commit): void;
  /** A source is about to be changed whose map asks for compaction. */
  oweCompaction(source: string): void;
  compactionsOwed(): readonly string[];
  compacted(source: string): void;
  commits(request: RequestId, hash: string): readonly Commit[];
  /** What was kept and until when, or without an end; replaces what was said before of a person's own record. */
  recordObligations(judged: Iterable<Judged>): void;
  /** Of records that are gone. */
  dropObligations(collection: string, keys: Iterable<string>): void;
  /** Of one request, or all; by date. */
  obligations(request: RequestId | null): readonly Obligation[];
  /** That owe something, by number; `until`: whose day has come by that civil day; null: ever. */
  requestsOwing(until: string | null): readonly RequestId[];
  /** What some requests owe, by record; `until` as above. */
  owedUnder(requests: Iterable<RequestId>, until: string | null): readonly Owing[];
  /** What is owed of one record, by whichever request; `key` as `encodeKey` writes it. */
  owedOf(collection: string, key: string): readonly OwingUntil[];
  /** What its date alone keeps until `horizon` or less, counted; what is due by `today` one line a request. */
  retentions(today: string, horizon: string): readonly Retention[];
  addHold(input: Omit<NewHold, 'at'>, record: (hold: HoldId) => void): HoldId;
  /**
   * What it kept is due from `today` on: so many records. Throws DsrError('usage') where there is none, or
   * it was released before.
   */
  releaseHold(hold: string, release: Omit<Release, 'at'>, record: (released: Hold) => void): number;
  /** Throws DsrError('usage') where there is none. */
  hold(hold: string): Hold;
  /** By number; unless `all`, only those that still hold. */
  holds(all: boolean): readonly Hold[];
  /** Those that still hold somebody who bears one of the tags. */
  holdsOn(tags: readonly string[]): readonly Hold[];
  holdSubject(hold: HoldId): readonly SubjectTag[];
  /** Tells the person by these, too. */
  widenHold(hold: HoldId, subject: readonly SubjectTag[]): void;
  /** For which holds the erasure of a request waits, from now on these alone; none: it was carried out. */
  block(request: RequestId, by: readonly HoldId[]): void;
  /** Requests under which a hold kept something. */
  requestsKeptBy(hold: HoldId): readonly RequestId[];
  /** What stopped erasures that were not carried out since; of one request, or all. */
  blocked(request: RequestId | null): readonly Blocked[];
  /** Removes from the disk what is personal of requests that are over. The file is written anew once. */
  purge(requests: readonly RequestId[]): void;
  /** Within `record` of what ends a request: it is over and forgotten at once, or neither. */
  forget(request: RequestId): void;
  close(): void;
}

/**
 * Opens `work.db` in `dir` (a workspace's `.dsr`), making it where there is none.
 *
 * @throws DsrError transient: locked, no space · config: no access, damaged, written by a newer dsr.
 */
export async function openWork(
  dir: string,
  clock: Clock,
  options: { readonly busyTimeoutMs?: number } = {},
): Promise<Work> {
  const store = await openDatabase({
    file: join(dir, 'work.db'),
    name: 'the work file',
    secureDelete: true,
    ...options,
  });
  const at = () => clock.now().toISOString();
  try {
    migrate(store, 'the work file', workSteps);
    wipe(store);
    // A rehearsal's clock may be years ahead.
    if (!clock.rehearsed) purgeSearches(store, clock.now());
  } catch (error) {
    store.close();
    throw error;
  }
  return {
    openRequest: (input, record) =>
      openRequest(store, { ...input, at: at(), rehearsed: clock.rehearsed }, record),
    addEvent: (request, event, operator, record) => {
      addEvent(store, request, { event, at: at(), operator }, record);
      wipe(store);
    },
    request: (request) => requestOf(store, request),
    identifiers: (request) => identifiersOf(store, request),
    subject: (request) => subjectOf(store, request),
    requests: (tags) => requests(store, tags ?? null),
    decisionIds: (scope, fingerprints) => decisionIds(store, scope, fingerprints, at()),
    answer: (scope, given, operator, record) =>
      answerDecisions(store, scope, given, { operator, at: at() }, record),
    answers: (scope) => answersOf(store, scope),
    recordExtract: (extract, subject, record) =>
      recordExtract(store, { ...extract, at: at() }, subject, record),
    extracts: (tags, since) => extractsOf(store, tags, since.toISOString()),
    hasExtract: (request) => handedOutUnder(store, request),
    recordLearnt: (request, learnt) => recordLearnt(store, request, learnt),
    learnt: (request) => learntOf(store, request),
    recordNames: (request, names) => recordNames(store, request, names),
    names: (request) => namesOf(store, request),
    seed: (request) => seedOf(store, request),
    destroySeed: (request) => destroySeed(store, request),
    recordPlan: (plan) => recordPlan(store, plan),
    planApplied: (request, hash) => planApplied(store, request, hash, at()),
    dropPlan: (request, hash) => dropPlan(store, request, hash),
    plans: (request) => plansOf(store, request),
    recordCommit: (commit) => recordCommit(store, commit),
    oweCompaction: (source) => oweCompaction(store, source),
    compactionsOwed: () => compactionsOwed(store),
    compacted: (source) => compacted(store, source),
    commits: (request, hash) => commitsOf(store, request, hash),
    recordObligations: (judged) => recordObligations(store, judged),
    dropObligations: (collection, keys) => dropObligations(store, collection, keys),
    obligations: (request) => obligations(store, request),
    requestsOwing: (until) => requestsOwing(store, until),
    owedUnder: (requests, until) => owedUnder(store, requests, until),
    owedOf: (collection, key) => owedOf(store, collection, key),
    retentions: (today, horizon) => retentions(store, today, horizon),
    addHold: (input, record) => addHold(store, { ...input, at: at() }, record),
    releaseHold: (hold, release, record) => releaseHold(store, hold, { ...release, at: at() }, record),
    hold: (hold) => holdOf(store, hold),
    holds: (all) => holds(store, all),
    holdsOn: (tags) => holdsOn(store, tags),
    holdSubject: (hold) => holdSubject(store, hold),
    widenHold: (hold, subject) => widenHold(store, hold, subject),
    block: (request, by) => block(store, request, by),
    requestsKeptBy: (hold) => requestsKeptBy(store, hold),
    blocked: (request) => blocked(store, request),
    purge: (over) => purgeRequests(store, over),
    forget: (request) => forgetRequests(store, [request]),
    close: store.close,
  };
}
