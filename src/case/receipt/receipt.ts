import { factsOf, type WrittenFacts } from '../../map/facts-of.js';
import { loadMap } from '../../map/load.js';
import { DsrError } from '../../model/error.js';
import type { RequestId } from '../../model/request.js';
import type { SourceStatus } from '../../model/subject.js';
import { toolName } from '../../model/tool.js';
import type { RequestStatus, RequestType } from '../../work/words.js';
import type { Context } from '../context.js';
import { heldRequests } from '../hold/release.js';
import { withBooks } from '../ledger-work.js';
import { civilDate } from '../request/deadline.js';
import { stateOf } from '../request/state.js';
import { workspaceAt } from '../workspace.js';
import { backupsOf, type SourceBackups } from './backups.js';
import { type Changed, changedBy, type Gone, goneBy } from './changes.js';
import { type Ended, type Kept, keptOf } from './kept.js';
import { leftoversOf, type SourceLeftover } from './leftovers.js';
import { nextOf, type ReceiptOn } from './next.js';
import { type Open, openOf } from './open.js';
import { type Story, storyOf } from './story.js';

/**
 * What became of a person's data under a request, and what did not. Times are RFC 3339 in UTC, dates civil
 * dates in the controller's zone. Holds nothing personal: it may be handed out, and stands for good.
 */
export interface Receipt {
  readonly request: RequestId;
  readonly type: RequestType;
  readonly status: RequestStatus;
  readonly received: string;
  /** When the receipt was drawn up. */
  readonly at: string;
  /** Deleted, masked, cleared and minimised; empty for a rectification. */
  readonly erased: readonly Changed[];
  /** Set to another value; empty for an erasure. */
  readonly changed: readonly Changed[];
  /** The last search for what should be gone; null: there was none. */
  readonly verified: {
    readonly at: string;
    readonly residual: number;
    readonly sources: Readonly<Record<string, SourceStatus['status']>>;
    /** By a deep search, too. */
    readonly deep: boolean;
    /** Which could not see every table of every source. What, it told then: the ledger does not say. */
    readonly partial: boolean;
  } | null;
  readonly gone: readonly Gone[];
  readonly backups: readonly SourceBackups[];
  readonly recipients: readonly Recipient[];
  readonly kept: readonly Kept[];
  readonly ended: readonly Ended[];
  readonly leftovers: readonly SourceLeftover[];
  /** Empty: all that was to be done is done and verified. */
  readonly open: readonly Open[];
  /** Hashes: `applied` of the map by which the last plan was drawn up, `now` of the one that recipients and backups are told by. */
  readonly map: { readonly applied: string; readonly now: string };
  /** By which this was drawn up. */
  readonly tool: string;
  readonly operators: readonly string[];
}

export interface Recipient {
  /** null: the map does not say who receives these. */
  readonly name: string | null;
  readonly collections: readonly string[];
  /** When they confirmed that they did the same; null: nobody has recorded it. */
  readonly confirmed: null;
}

/**
 * `dsr request show R --receipt`: from the ledger and what is still owed, so that it is the same after the
 * request was closed and purged. Sources are opened only to ask what a deletion leaves in them.
 *
 * @throws DsrError usage: there is no such request, or nothing was changed under it · config: the map cannot
 *   be read · ledger: it does not hold what it should.
 */
export async function receiptOf(context: Context, request: string): Promise<Receipt> {
  const loaded = loadMap(workspaceAt(context.workspace).map, context.env);
  const { timezone } = loaded.controller;
  const now = context.clock.now();
  const today = civilDate(now, timezone);
  const facts = factsOf(loaded.written);
  const { stored, story, owed, held, uncompacted } = await withBooks(context, (books) => {
    const known = books.work.request(request);
    return {
      stored: known,
      story: storyOf(books, known.request),
      owed: books.work.obligations(known.request),
      held: heldRequests(books).get(known.request) ?? null,
      uncompacted: books.work.compactionsOwed(),
    };
  });
  const { status } = stateOf(stored.events, today, timezone);
  const on: ReceiptOn = { request: stored.request, type: stored.type, status, held };
  checkChanged(on, story);
  const changes = changedBy(story);
  const places = [...new Set(changes.map(({ collection }) => collection))];
  const sources = [...new Set(changes.map(({ source }) => source))];
  const { kept, ended } =
    stored.type === 'rectify' ? { kept: [], ended: [] } : keptOf(story, owed, facts, held);
  const last = story.verifications.at(-1);
  const mapped = loaded.sources.map(({ name }) => name);
  return {
    request: stored.request,
    type: stored.type,
    status,
    received: stored.received,
    at: now.toISOString(),
    erased: changes.filter(({ action }) => action !== 'update'),
    changed: changes.filter(({ action }) => action === 'update'),
    verified:
      last === undefined
        ? null
        : {
            ...{ at: last.at, residual: last.residual, sources: last.sources },
            ...{ deep: last.deep === true, partial: last.partial === true },
          },
    gone: goneBy(story, changes),
    backups: sources.map((source) => backupsOf({ source, story, facts, timezone, today })),
    recipients: recipientsOf(places, facts),
    kept,
    ended,
    leftovers: await leftoversOf(context, loaded, sources, uncompacted),
    open: openOf({ request: on, story, changed: changes, kept, today, uncompacted, mapped }),
    map: { applied: story.plans.at(-1)?.made.map ?? loaded.hash, now: loaded.hash },
    tool: toolName,
    operators: story.operators,
  };
}

/** A receipt over nothing would read as one over something. */
function checkChanged(on: ReceiptOn, { plans }: Story): void {
  const changed = plans.some(
    ({ sources, logins }) =>
      logins.size > 0 ||
      // nothing had to be changed, or nobody knows what was
      sources.size === 0 ||
      [...sources.values()].some(({ outcome }) => outcome === 'committed' || outcome === 'unknown'),
  );
  if (changed) return;
  const { request, type, held } = on;
  const isCopy = type === 'export' || type === 'restrict';
  const what = plans.length === 0 ? 'nothing was changed yet' : 'nothing was changed: all was rolled back';
  const why = held === null || isCopy || type === 'rectify' ? '' : `: hold ${held} keeps the person's data`;
  throw new DsrError('usage', `${what} under request ${request}${why}, so there is no receipt`, {
    hint: isCopy
      ? 'a receipt tells what was erased or rectified; an extract says of itself what it holds'
      : why === ''
        ? nextOf(on).carryOut
        : `\`dsr hold list\` says on which ground; \`${nextOf(on).carryOut}\` brings the erasure back`,
  });
}

/** GDPR Art. 19: each recipient is to be told of a rectification or erasure; named, as C-154/21 asks. */
function recipientsOf(collections: readonly string[], facts: WrittenFacts): readonly Recipient[] {
  const byName = new Map<string | null, string[]>();
  for (const collection of collections) {
    for (const name of facts.recipients(collection) ?? [null]) {
      const known = byName.get(name);
      if (known === undefined) byName.set(name, [collection]);
      else known.push(collection);
    }
  }
  return [...byName].map(([name, where]) => ({ name, collections: where, confirmed: null }));
}
