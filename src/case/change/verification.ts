import type { Reader } from '../../connector/contract.js';
import { statusesOf } from '../../ledger/entry.js';
import type { Located } from '../../locate/located.js';
import { DsrError } from '../../model/error.js';
import type { RequestId, SubjectTag } from '../../model/request.js';
import type { RoleCounts, Sought, SourceStatus } from '../../model/subject.js';
import type { Plan } from '../../plan/plan.js';
import { rectifyResidue } from '../../plan/rectify-residue.js';
import type { Verified as VerifiedPlan, VerifyInput } from '../../verify/input.js';
import { verifyPlan } from '../../verify/verify.js';
import type { Context } from '../context.js';
import { type Landscape, openSnapshots } from '../landscape.js';
import type { Books } from '../ledger-work.js';
import { type Decided, savedAnswers } from '../search/decisions.js';
import { type Deep, deepReasons } from '../search/deep.js';
import { verifyDeep } from '../search/deep-verify.js';
import { locateIn, onlyPerson } from '../search/search.js';
import type { Residue } from './change.js';

export interface Verifying {
  readonly context: Context;
  readonly books: Books;
  readonly landscape: Landscape;
  readonly request: RequestId;
  readonly subject: readonly SubjectTag[];
  /** By every identifier known of the person, given and learnt, that is nobody else's. */
  readonly sought: Sought;
  /** What the person was called, where texts were redacted. */
  readonly names: readonly string[];
  /** Search every table through as well, mapped or not. */
  readonly deep?: boolean;
}

/** A plan of the request by which something was changed. */
export interface AppliedPlan extends Pick<VerifyInput, 'plan' | 'places' | 'goneBefore'> {}

export interface Verified {
  readonly residue: Residue;
  /** What is still left to a human, and what could not be looked at; names no value. */
  readonly incomplete: readonly string[];
  /** By how many identifiers the person was searched for. */
  readonly searchedBy: number;
  readonly sources: readonly SourceStatus[];
  readonly collections: readonly RoleCounts[];
  readonly warnings: readonly string[];
  /** Only with Verifying.deep. */
  readonly deep?: Deep;
}

/**
 * Searches again, on new snapshots, for what the plans should have removed or changed, and writes down
 * what was found. A root that an identifier of the person reaches, but that may be somebody else's, is
 * residue until a human has said whose it is.
 */
export async function verify(verifying: Verifying, applied: readonly AppliedPlan[]): Promise<Verified> {
  const { context, landscape, sought } = verifying;
  context.report({ kind: 'step', message: 'searching again' });
  const snapshots = await openSnapshots(context, landscape);
  try {
    const plans = applied.map(({ plan }) => plan);
    const answers = answersOf(plans);
    const located = await locateIn(context, landscape, snapshots, sought, answers);
    try {
      const places = new Map<string, Place>();
      const tasks = new Map<string, number>();
      const missing = new Set<string>();
      for (const [at, each] of applied.entries()) {
        const others = { earlier: plans.slice(0, at), later: plans.slice(at + 1) };
        const found = await verifyOne(verifying, { ...each, ...others }, located, snapshots.readers);
        for (const place of found.places) keepLarger(places, place);
        for (const { collection, records } of found.tasks) {
          tasks.set(collection, (tasks.get(collection) ?? 0) + records);
        }
        for (const what of found.missing) missing.add(what);
      }
      if (plans.some(({ header }) => header.action === 'erase')) {
        for (const { kind, collection } of onlyPerson(located).decisions) {
          if (kind === 'identity-conflict') addOne(places, collection);
        }
      }
      const { readers } = snapshots;
      const deep =
        verifying.deep === true ? await verifyDeep({ context, landscape, located, readers, applied }) : null;
      const told = [...places.values()];
      const { residual, counts } = countsOf([...told, ...(deep?.records ?? [])]);
      const residue = { residual, places: [...told, ...(deep?.places ?? [])] };
      record(verifying, { residual, counts, partial: deep?.found.complete === false }, located.sources);
      const { collections, identifiers } = onlyPerson(located);
      return {
        residue,
        incomplete: [
          ...taskWords(tasks),
          ...missing,
          ...(deep === null ? [] : deepReasons(deep.found, located.sources)),
        ],
        searchedBy: identifiers.filter(({ followed }) => followed).length,
        sources: located.sources,
        collections,
        warnings: deep?.warnings ?? [],
        ...(deep === null ? {} : { deep: deep.found }),
      };
    } finally {
      located.close();
    }
  } finally {
    await snapshots.close();
  }
}

async function verifyOne(
  { context, landscape, names, sought }: Verifying,
  applied: AppliedPlan & Pick<VerifyInput, 'earlier' | 'later'>,
  located: Located,
  readers: ReadonlyMap<string, Reader>,
): Promise<Pick<VerifiedPlan, 'places' | 'tasks' | 'missing'>> {
  const { map, catalogs, types, connectors } = landscape;
  const { signal } = context;
  const given = { ...applied, map, catalogs, readers, types, signal };
  const { places, tasks, missing } = await verifyPlan({
    ...given,
    located,
    known: sought.identifiers,
    names,
  });
  if (applied.plan.header.action === 'erase') return { places, tasks, missing };
  const writable = (source: string) => connectors.get(source)?.writer !== undefined;
  try {
    const still = await rectifyResidue({ ...given, person: onlyPerson(located), writable });
    return { places: [...places, ...still.places], tasks: still.tasks, missing };
  } catch (error) {
    // The map does not know any more what was set; what was written is read back all the same.
    if (!(error instanceof DsrError) || error.kind !== 'usage') throw error;
    const lost =
      'what was set is not in the data map any more, so the old value was not looked for elsewhere';
    return { places, tasks, missing: [...missing, lost] };
  }
}

/** `crm.letters: 2 records are left to a human` */
export function taskWords(
  tasks: Iterable<readonly [collection: string, records: number]>,
): readonly string[] {
  return [...tasks].map(
    ([collection, records]) =>
      `${collection}: ${records === 1 ? 'one record is' : `${records} records are`} left to a human`,
  );
}

/** What was searched just now, and found nothing to be changed, need not be searched again. */
export function nothingLeft(
  verifying: Omit<Verifying, 'landscape' | 'sought' | 'names'>,
  sources: readonly SourceStatus[],
): Residue {
  record(verifying, { residual: 0, counts: {}, partial: false }, sources);
  return { residual: 0, places: [] };
}

type Place = Residue['places'][number];

/** Two plans of one request may tell of the same records. */
function keepLarger(places: Map<string, Place>, place: Place): void {
  const id = `${place.collection}\n${place.why}`;
  const known = places.get(id);
  if (known === undefined || known.records < place.records) places.set(id, place);
}

const DOUBT = 'an identifier of the person reaches it, but it may be somebody else';

function addOne(places: Map<string, Place>, collection: string): void {
  const records = (places.get(`${collection}\n${DOUBT}`)?.records ?? 0) + 1;
  places.set(`${collection}\n${DOUBT}`, { collection, records, why: DOUBT });
}

interface Counted {
  readonly residual: number;
  readonly counts: Readonly<Record<string, number>>;
}

function countsOf(places: readonly Pick<Place, 'collection' | 'records'>[]): Counted {
  const counts: Record<string, number> = {};
  for (const { collection, records } of places) counts[collection] = (counts[collection] ?? 0) + records;
  return { residual: places.reduce((sum, { records }) => sum + records, 0), counts };
}

function answersOf(plans: readonly Plan[]): ReturnType<Decided['answers']> {
  return savedAnswers({
    accepted: plans.flatMap(({ header }) => header.accepted),
    rejected: plans.flatMap(({ header }) => header.rejected),
  }).answers('whose');
}

function record(
  { context, books, request, subject, deep }: Omit<Verifying, 'landscape' | 'sought' | 'names'>,
  { residual, counts, partial }: Counted & { readonly partial: boolean },
  sources: readonly SourceStatus[],
): void {
  books.ledger.append({
    kind: 'verification',
    operator: context.operator,
    request,
    subject,
    sources: statusesOf(sources),
    residual,
    places: counts,
    ...(deep === true ? { deep, ...(partial ? { partial } : {}) } : {}),
  });
}
