import { describe, expect, it } from 'vitest';
import { crm, resolve, table } from './support.js';

const TABLE = table('t', 'id integer, no integer, kind text?, a text?, d date?', { unique: [['no']] });

/** What is said of collections over one table, `severity collection message`. */
function told(...collections: readonly string[]): readonly string[] {
  const text = collections.map((rest, at) => `c${at}: { table: t, system: [id, no, kind, d], ${rest} }`);
  return resolve(crm(text.join('\n')), { crm: { collections: [TABLE] } }).problems.flatMap(
    ({ severity, path, message }) =>
      /one table|same table/.test(message)
        ? [`${severity} ${path.split('.').slice(3).join('.')} ${message}`]
        : [],
  );
}
const when = (kind: string) => `subject: { is: x, when: { kind: ${kind} } }`;
const fields = 'fields: { a: user.name }, unsearchable: x';
const UNPARTED = 'stands for the same table as crm.c0, and no `when` tells their records apart';
const TWICE = `${UNPARTED}: who stands in both is not erased`;

describe('two collections over one table', () => {
  it('are fine where a condition parts them', () => {
    expect(
      told(`${when('p')}, ${fields}, erase: mask`, `${when('[f, g]')}, ${fields}, erase: delete`),
    ).toEqual([]);
    expect(told(`${when('p')}, ${fields}`, `${when('null')}, ${fields}`)).toEqual([]);
  });

  it('are told of where nothing parts them, and only one of them or none has a verdict', () => {
    expect(told(fields, `${fields}, erase: delete`)).toEqual([`warning c1 ${TWICE}`]);
    expect(told(`${when('null')}, ${fields}`, `${when('[null, x]')}, ${fields}`)).toEqual([
      `warning c1 ${TWICE}`,
    ]);
  });

  it('are held against each other, not only against the first', () => {
    const found = told(`${when('p')}, ${fields}`, `${when('f')}, ${fields}`, `${when('f')}, ${fields}`);
    expect(found).toEqual([`warning c2 ${TWICE.replace('c0', 'c1')}`]);
  });

  const retain = 'retain: { ground: archiving, until: { field: d, plus: { years: 1 } } }';
  it.each([
    ['erase', `${fields}, erase: delete`, `${fields}, erase: mask`],
    ['retain', `${fields}, erase: delete`, `${fields}, erase: delete, ${retain}`],
    [
      'disable',
      `${fields}, erase: delete, disable: { kind: x }`,
      `${fields}, erase: delete, disable: { kind: y }`,
    ],
    [
      'mask of a',
      `${fields}, erase: mask`,
      `${fields.replace('user.name', '{ category: user.name, mask: redact }')}, erase: mask`,
    ],
  ])('cannot differ in %s where nothing parts them', (what, one, other) => {
    expect(told(one, other)).toEqual([
      `error c1 ${UNPARTED}: one row would fare in two ways, since they differ in ${what}`,
    ]);
  });

  it.each([
    ['erase: delete', 'erase: delete'],
    [`erase: delete, ${retain}`, `erase: delete, ${retain.replace('{', '[{').replace(/$/, ']')}`],
  ])('are told of where they fare the same: %s and %s', (one, other) => {
    expect(told(`${fields}, ${one}`, `${fields}, ${other}`)).toEqual([`warning c1 ${TWICE}`]);
  });

  it('tell its rows apart by one key', () => {
    const text = [`${when('p')}, ${fields}`, `${when('f')}, ${fields}, key: [no]`];
    expect(told(...text)).toEqual(['error c1.key tells the rows of one table apart by no, and crm.c0 by id']);
    expect(told(...text.toReversed())).toEqual([
      'error c1 tells the rows of one table apart by id, and crm.c0 by no',
    ]);
    expect(told(`${when('p')}, ${fields}, key: [id]`, `${when('f')}, ${fields}`)).toEqual([]);
  });
});
