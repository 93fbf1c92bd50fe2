import type { Cell, ColumnChange, RecordFact } from '../survey/rectify-facts.js';
import type { PlanGroup } from './plan.js';

/** What becomes of one record, and which columns that sets. */
export interface RectifyVerdict {
  readonly action: 'update' | 'keep' | 'manual';
  readonly changes: readonly ColumnChange[];
  /** What is left as it is, and why; names no value. */
  readonly why: PlanGroup['why'];
  /** Fields that hold what is wrong and that only a person can change, beside what is set. */
  readonly byHand: readonly Cell[];
}

export interface VerdictFacts {
  /** Whether dsr can write to the source. */
  readonly isWritable: (source: string) => boolean;
  /** Whether anything is known of the person that such a field may hold. */
  readonly isKnown: (cell: Cell) => boolean;
}

/** The verdict on a record that settings concern; null: the value does not fit, which the caller refuses. Pure. */
export function verdictOf(fact: RecordFact, facts: VerdictFacts): RectifyVerdict | null {
  const { cells, changes, collection } = fact;
  if (cells.some(({ state }) => state === 'misfit')) return null;
  const left = cells.filter(({ state }) => state !== 'set');
  const byHand = left.filter((cell) => isTask(cell, fact));
  const why = reasons(left, fact, facts);
  if (changes.length === 0) {
    return { action: byHand.length > 0 ? 'manual' : 'keep', changes, why, byHand };
  }
  const unwritable = !facts.isWritable(collection.source)
    ? 'the source is only read'
    : collection.keyKind === 'physical'
      ? 'the record has no key by which to change it'
      : null;
  if (unwritable !== null) {
    return {
      action: 'manual',
      changes,
      why: [`${unwritable}: change it there`, why].filter(Boolean).join('; '),
      byHand,
    };
  }
  return { action: 'update', changes, why: why === null ? null : `left as it is: ${why}`, byHand };
}

function isTask({ state, target }: Cell, { role }: RecordFact): boolean {
  return state === 'barred' && role === 'own' && target.barrier?.action === 'manual';
}

/** `name, nick: hold another value; …`, fields of one reason together. */
function reasons(cells: readonly Cell[], fact: RecordFact, facts: VerdictFacts): string | null {
  const fields = new Map<string, string[]>();
  for (const cell of cells) {
    const reason = reasonOf(cell, fact, facts);
    fields.set(reason, [...(fields.get(reason) ?? []), cell.target.field.name]);
  }
  const texts = [...fields].map(([reason, names]) => `${names.join(', ')}: ${reason}`);
  return texts.length === 0 ? null : texts.join('; ');
}

function reasonOf(cell: Cell, { role }: RecordFact, facts: VerdictFacts): string {
  const { state, target } = cell;
  if (state === 'absent') return 'there is nothing at that place to be set';
  if (state === 'other') {
    return facts.isKnown(cell)
      ? 'another value stands there'
      : `no record of the person themselves tells what is theirs; to set it, name ${target.collection.id}.${target.field.name}`;
  }
  if (role === 'shared') return "the record is somebody else's too";
  if (role === 'mention') return "the record is somebody else's";
  if (target.barrier === null) return 'it may name somebody else here';
  return target.barrier.action === 'manual' ? `${target.barrier.why}: change it by hand` : target.barrier.why;
}
