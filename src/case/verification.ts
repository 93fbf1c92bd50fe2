import type { Reader } from '../connector/contract.js';
import { statusesOf } from '../ledger/entry.js';
import type { Located } from '../locate/located.js';
import type { RequestId, SubjectTag } from '../model/request.js';
import type { RoleCounts, SoughtIdentifier, SourceStatus } from '../model/subject.js';
import type { Plan } from '../plan/plan.js';
import { rectifyResidue } from '../plan/rectify-residue.js';
import { verifyPlan } from '../verify/verify.js';
import type { Residue } from './change.js';
import type { Context } from './context.js';
import { type Decided, savedAnswers } from './decisions.js';
import { type Landscape, openSnapshots } from './landscape.js';
import type { Books } from './ledger-work.js';
import { locateIn, onlyPerson } from './search.js';

export interface Verifying {
  readonly context: Context;
  readonly books: Books;
  readonly landscape: Landscape;
  readonly request: RequestId;
  readonly subject: readonly SubjectTag[];
  /** Every identifier known of the person, given and learnt, that is nobody else's. */
  readonly identifiers: readonly SoughtIdentifier[];
  /** What the person was called, where texts were redacted. */
  readonly names: readonly string[];
  readonly applied: 'just-now' | 'earlier';
}

export interface Verified {
  readonly residue: Residue;
  readonly sources: readonly SourceStatus[];
  readonly collections: readonly RoleCounts[];
}

/**
 * Searches again, on new snapshots, for what the plans should have removed or changed, and writes down
 * what was found. A root that an identifier of the person reaches, but that may be somebody else's, is
 * residue until a human has said whose it is.
 */
export async function verify(verifying: Verifying, plans: readonly Plan[]): Promise<Verified> {
  const { context, landscape, identifiers } = verifying;
  context.report({ kind: 'step', message: 'searching again' });
  const snapshots = await openSnapshots(context, landscape);
  try {
    const answers = answersOf(plans);
    const located = await locateIn(context, landscape, snapshots, identifiers, answers);
    try {
      const places = new Map<string, Place>();
      for (const plan of plans) {
        for (const place of await placesOf(verifying, plan, located, snapshots.readers)) {
          keepLarger(places, place);
        }
      }
      if (plans.some(({ header }) => header.action === 'erase')) {
        for (const { kind, collection } of onlyPerson(located).decisions) {
          if (kind === 'identity-conflict') addOne(places, collection);
        }
      }
      const residue = residueOf([...places.values()]);
      record(verifying, residue, located.sources);
      return { residue, sources: located.sources, collections: onlyPerson(located).collections };
    } finally {
      located.close();
    }
  } finally {
    await snapshots.close();
  }
}

async function placesOf(
  { context, landscape, names, applied }: Verifying,
  plan: Plan,
  located: Located,
  readers: ReadonlyMap<string, Reader>,
): Promise<readonly Place[]> {
  const { map, catalogs, types, connectors } = landscape;
  const { signal } = context;
  const given = { plan, map, catalogs, readers, types, signal };
  const { places } = await verifyPlan({ ...given, located, names, applied });
  if (plan.header.action === 'erase') return places;
  const writable = (source: string) => connectors.get(source)?.writer !== undefined;
  const still = await rectifyResidue({ ...given, person: onlyPerson(located), writable });
  return [...places, ...still.places];
}

/** What was searched just now, and found nothing to be changed, need not be searched again. */
export function nothingLeft(
  verifying: Omit<Verifying, 'landscape' | 'identifiers' | 'names' | 'applied'>,
  sources: readonly SourceStatus[],
): Residue {
  const residue: Residue = { residual: 0, places: [] };
  record(verifying, residue, sources);
  return residue;
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

function residueOf(places: readonly Place[]): Residue {
  return { residual: places.reduce((sum, { records }) => sum + records, 0), places };
}

function answersOf(plans: readonly Plan[]): ReturnType<Decided['answers']> {
  return savedAnswers({
    accepted: plans.flatMap(({ header }) => header.accepted),
    rejected: plans.flatMap(({ header }) => header.rejected),
  }).answers('whose');
}

function record(
  { context, books, request, subject }: Omit<Verifying, 'landscape' | 'identifiers' | 'names' | 'applied'>,
  { residual, places }: Residue,
  sources: readonly SourceStatus[],
): void {
  const counts: Record<string, number> = {};
  for (const { collection, records } of places) counts[collection] = (counts[collection] ?? 0) + records;
  books.ledger.append({
    kind: 'verification',
    operator: context.operator,
    request,
    subject,
    sources: statusesOf(sources),
    residual,
    places: counts,
  });
}
