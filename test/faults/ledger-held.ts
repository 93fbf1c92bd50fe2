import type { Entry } from './books.js';
import { ANNA, OLD_PHONE } from './landscape.js';

/** Where a ledger does not tell the same as an undisturbed run's, however the work was parted. */
export function disagreements(entries: readonly Entry[], undisturbed: readonly Entry[]): readonly string[] {
  const wrong: string[] = [];
  const add = (isWrong: boolean, what: string) => void (isWrong ? wrong.push(`ledger: ${what}`) : null);
  const [told, shall] = [entries, undisturbed].map(committed);
  for (const each of shall ?? []) {
    const times = (told ?? []).filter((one) => one === each).length;
    add(times !== 1, `${times} × ${each}`);
  }
  for (const each of told ?? []) add(!(shall ?? []).includes(each), `not in an undisturbed run: ${each}`);
  for (const { seq, action = '' } of entries.filter(isChange)) {
    const outcomes = entries.filter((entry) => entry.kind === 'outcome' && entry.intent === seq);
    add(outcomes.length === 0, `intent ${seq} (${action}) has no outcome`);
  }
  for (const { seq, intent, kind } of entries.filter((entry) => entry.kind === 'outcome')) {
    const announced = entries.find((entry) => entry.seq === intent);
    add(announced?.kind !== 'intent' || announced.seq > seq, `${kind} ${seq} was not announced`);
  }
  const lastOutcome = entries.findLast(({ kind }) => kind === 'outcome')?.seq ?? 0;
  const verified = entries.findLast(({ kind }) => kind === 'verification');
  add((verified?.seq ?? 0) < lastOutcome, 'no verification follows the last outcome');
  add(verified?.residual !== 0, `the verification found ${String(verified?.residual)}`);
  const [here, there] = [kinds(entries), kinds(undisturbed)];
  for (const [kind, count] of there)
    add((here.get(kind) ?? 0) < count, `fewer entries than ${count} ${kind}`);
  const text = JSON.stringify(entries);
  for (const personal of [ANNA, OLD_PHONE, 'Anna Ek']) add(text.includes(personal), `it holds ${personal}`);
  return wrong;
}

function isChange({ kind, plan }: Entry): boolean {
  return kind === 'intent' && plan !== null && plan !== undefined;
}

/** `erase crm {"crm.customers":1}`: what was done where, by whichever intent. */
function committed(entries: readonly Entry[]): readonly string[] {
  return entries.flatMap(({ kind, outcome, source, records, intent }) => {
    if (kind !== 'outcome' || outcome !== 'committed') return [];
    const action = entries.find(({ seq }) => seq === intent)?.action ?? 'nothing';
    return [`${action} ${source} ${JSON.stringify(records)}`];
  });
}

/** How many of each kind; of states, by what happened. An outcome is judged by `committed`. */
function kinds(entries: readonly Entry[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { kind, event } of entries) {
    if (kind === 'outcome') continue;
    const name = kind === 'state' ? `state ${String(event)}` : kind;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}
