import { describe, expect, it } from 'vitest';
import type { Collection, LegalBasis, Retention } from '../../src/model/map.js';
import type { Value } from '../../src/model/value.js';
import { type EraseReason, judge, type RetentionAnswer } from '../../src/survey/judgement.js';
import { mapOf } from '../support/world.js';

function collection(
  erase: Collection['erase'],
  retain: readonly Retention[] = [],
  legalBasis: LegalBasis = 'contract',
) {
  const [made] = mapOf({ 'crm.invoices': { legalBasis, retain, rows: [] } }).collections;
  if (made === undefined) throw new Error('no collection');
  return { ...made, erase };
}

const verdict = (kind: 'delete' | 'mask') => ({ kind, ground: null, law: null, until: null });
const LAW: Retention = {
  ground: 'legal-obligation',
  law: 'Bokföringslag (1999:1078) 7 kap. 2 §',
  when: [],
  until: { field: 'day', calendarYearsAfterFiscalYear: 7 },
  mask: [],
};

function judged(
  of: Collection,
  row: Readonly<Record<string, Value>>,
  more: {
    today?: string;
    reason?: EraseReason;
    fiscalYearEnd?: string | null;
    answer?: RetentionAnswer;
  } = {},
) {
  const facts = {
    reason: more.reason ?? 'request',
    today: more.today ?? '2026-11-26',
    timezone: 'Europe/Stockholm',
    fiscalYearEnd: more.fiscalYearEnd === undefined ? '12-31' : more.fiscalYearEnd,
  };
  return judge(of, (name) => row[name] ?? null, facts, more.answer ?? null);
}

describe('what the map says of a record', () => {
  it('keeps what the law keeps, to the day', () => {
    const invoices = collection(verdict('delete'), [LAW]);
    expect(judged(invoices, { day: '2019-05-01' })).toMatchObject({
      verdict: 'keep',
      ground: 'legal-obligation',
      law: LAW.law,
      until: '2027-01-01',
      retention: 0,
    });
    expect(judged(invoices, { day: '2019-05-01' }, { today: '2026-12-31' }).verdict).toBe('keep');
    expect(judged(invoices, { day: '2019-05-01' }, { today: '2027-01-01' }).verdict).toBe('delete');
  });

  it('tries retentions in order, each with its condition, and goes on where one is over', () => {
    const claims: Retention = {
      ...LAW,
      ground: 'legal-claims',
      law: null,
      until: { field: 'day', plus: { years: 10 } },
    };
    const paid: Retention = { ...LAW, when: [{ field: 'paid', anyOf: [true] }] };
    expect(
      judged(collection(verdict('delete'), [paid, claims]), { day: '2024-05-01', paid: false }).ground,
    ).toBe('legal-claims');
    expect(
      judged(collection(verdict('delete'), [paid, claims]), { day: '2024-05-01', paid: true }).ground,
    ).toBe('legal-obligation');
    expect(judged(collection(verdict('delete'), [LAW, claims]), { day: '2017-05-01' }).until).toBe(
      '2027-05-01',
    );
  });

  it('asks where a date, or the end of the financial year, is not known; an answer decides', () => {
    const invoices = collection(verdict('delete'), [LAW]);
    expect(judged(invoices, { day: null }).verdict).toBe('undecided');
    expect(judged(invoices, { day: '2024-05-01' }, { fiscalYearEnd: null }).verdict).toBe('undecided');
    expect(judged(invoices, { day: null }, { answer: 'accept' }).verdict).toBe('delete');
    expect(judged(invoices, { day: null }, { answer: 'reject' })).toMatchObject({
      verdict: 'keep',
      ground: 'legal-obligation',
      until: null,
    });
  });

  it.each([
    ['consent-withdrawn', 'consent', 'delete'],
    ['consent-withdrawn', 'contract', 'keep'],
    ['consent-withdrawn', 'legitimate-interest', 'keep'],
    ['objection', 'legitimate-interest', 'delete'],
    ['objection', 'public-task', 'delete'],
    ['objection', 'consent', 'keep'],
    ['request', 'contract', 'delete'],
    ['retention-ended', 'contract', 'delete'],
  ] as const)('%s, of what rests on %s: %s', (reason, basis, expected) => {
    const told = judged(collection(verdict('delete'), [], basis), {}, { reason });
    expect(told.verdict).toBe(expected);
    expect(told.ground).toBe(expected === 'keep' ? 'not-covered' : null);
  });

  it('says keep until the day that it names, then delete', () => {
    const kept = collection({
      kind: 'keep',
      ground: 'legal-claims',
      law: null,
      until: { field: 'day', plus: { years: 2 } },
    });
    expect(judged(kept, { day: '2025-01-01' })).toMatchObject({
      verdict: 'keep',
      ground: 'legal-claims',
      until: '2027-01-01',
    });
    expect(judged(kept, { day: '2024-01-01' }).verdict).toBe('delete');
    expect(
      judged(collection({ kind: 'keep', ground: 'archiving', law: null, until: null }), {}),
    ).toMatchObject({ verdict: 'keep', until: null });
  });
});
