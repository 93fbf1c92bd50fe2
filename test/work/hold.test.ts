import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { WITHOUT_END } from '../../src/work/hold.js';
import { folder } from '../ledger/support.js';
import { exportOf, NOW, nothing, tag, workIn } from './support.js';

const ANNA = { type: 'email', tag: tag('tag of anna') };
const BO = { type: 'email', tag: tag('tag of bo') };
const about = { ground: 'legal-claims', operator: 'per', above: () => 0 } as const;
const person = { ...about, collection: null, subject: [ANNA] };
const invoices = { ...about, collection: 'crm.invoices', subject: [] };
const today = '2026-03-03';

async function withRequest() {
  const work = await workIn(folder());
  const erase = (who: string) => work.openRequest(exportOf(who, { type: 'erase' }), nothing);
  return { work, anna: erase('anna@example.se'), bo: erase('bo@example.se') };
}

describe('a hold', () => {
  test('has the next number, here or in the ledger, and tells of a person by tags alone', async () => {
    const { work } = await withRequest();
    expect(work.addHold(person, nothing)).toBe('H1');
    expect(work.addHold({ ...invoices, above: () => 6 }, nothing)).toBe('H7');
    expect(work.holds(false)).toMatchObject([
      { hold: 'H1', collection: null, identifiers: 1, operator: 'per', since: NOW, released: null },
      { hold: 'H7', collection: 'crm.invoices', identifiers: 0 },
    ]);
    expect(work.holdsOn([ANNA.tag]).map(({ hold }) => hold)).toEqual(['H1']);
    expect(work.holdsOn([BO.tag])).toEqual([]);
    expect(work.holdSubject('H1')).toEqual([ANNA]);
  });

  test('is not there where the ledger could not hold it', async () => {
    const { work } = await withRequest();
    const fail = () => {
      throw new Error('no space');
    };
    expect(() => work.addHold(person, fail)).toThrow('no space');
    expect(work.holds(true)).toEqual([]);
    work.addHold(person, nothing);
    expect(() => work.releaseHold('H1', { operator: 'bo', today }, fail)).toThrow('no space');
    expect(work.hold('H1').released).toBeNull();
  });

  test('is released once, and holds nobody then', async () => {
    const { work } = await withRequest();
    work.addHold(person, nothing);
    work.releaseHold('H1', { operator: 'bo', today }, nothing);
    expect(work.holdsOn([ANNA.tag])).toEqual([]);
    expect(work.holds(false)).toEqual([]);
    expect(work.hold('H1')).toMatchObject({ released: NOW, releasedBy: 'bo' });
    expect(() => work.releaseHold('H1', { operator: 'bo', today }, nothing)).toThrow(/released already/);
    expect(() => work.hold('H2')).toThrow(/no hold of that number/);
  });
});

describe('what a hold kept', () => {
  test('is due with the release, and so is what was masked under the same requests, and nothing else', async () => {
    const { work, anna, bo } = await withRequest();
    work.addHold(invoices, nothing);
    work.addHold(invoices, nothing);
    const kept = { ground: 'legal-claims', law: null, collection: 'crm.invoices', role: 'own' } as const;
    const husk = { ...kept, collection: 'crm.users', role: 'husk', ground: null } as const;
    work.recordObligations([
      { ...kept, key: 'n!1', request: anna, until: WITHOUT_END, hold: 'H1' },
      { ...kept, key: 'n!2', request: anna, until: WITHOUT_END, hold: 'H2' },
      { ...kept, key: 'n!3', request: bo, until: '2034-01-01', hold: null },
      { ...husk, key: 'n!1', request: anna, until: WITHOUT_END, hold: 'H2' },
      { ...husk, key: 'n!2', request: bo, until: '2034-01-01', hold: null },
    ]);
    expect(work.requestsKeptBy('H1')).toEqual([anna]);
    expect(work.releaseHold('H1', { operator: 'per', today }, nothing)).toBe(2);
    const told = work
      .obligations(null)
      .map(({ collection, key, until, hold }) => `${collection} ${key} ${until} ${hold}`);
    expect(told).toEqual([
      `crm.invoices n!1 ${today} null`,
      `crm.users n!1 ${today} null`,
      'crm.invoices n!3 2034-01-01 null',
      'crm.users n!2 2034-01-01 null',
      `crm.invoices n!2 ${WITHOUT_END} H2`,
    ]);
  });

  test('blocks its request until it is carried out', async () => {
    const { work, anna, bo } = await withRequest();
    for (const hold of [person, invoices]) work.addHold(hold, nothing);
    work.block(anna, ['H1', 'H2']);
    work.block(bo, ['H2']);
    work.block(bo, []);
    work.releaseHold('H1', { operator: 'per', today }, nothing);
    expect(work.blocked(null)).toEqual([
      { request: anna, hold: 'H1', released: true },
      { request: anna, hold: 'H2', released: false },
    ]);
    work.block(anna, ['H2']);
    expect(work.blocked(anna)).toEqual([{ request: anna, hold: 'H2', released: false }]);
  });

  test('says nothing of who it is', async () => {
    const dir = folder();
    const work = await workIn(dir);
    const request = work.openRequest(exportOf('anna@example.se', { type: 'erase' }), nothing);
    work.addHold(person, nothing);
    work.block(request, ['H1']);
    work.purge([request]);
    expect(readFileSync(join(dir, 'work.db')).includes('anna@example.se')).toBe(false);
    expect(work.holdsOn([ANNA.tag])).toHaveLength(1);
  });
});
