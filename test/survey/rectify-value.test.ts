import { describe, expect, it } from 'vitest';
import { identifierTypes } from '../../src/identity/identifier-types.js';
import type { Scalar } from '../../src/model/value.js';
import type { Target } from '../../src/survey/rectify-targets.js';
import { newValueAt } from '../../src/survey/rectify-value.js';
import { clock } from '../identity/people.js';
import { table } from '../map/support.js';
import { told } from './rectify-support.js';

const types = identifierTypes({}, { clock });

/** What `value` becomes in a column of that type, and in place of `stored`; or why it cannot. */
function set(
  type: string,
  value: string,
  stored: Scalar | null = null,
  path: readonly string[] = [],
): string {
  const [, column] = table('t', `id integer, c ${type}`).fields;
  const target = {
    column,
    field: { at: { column: 'c', path }, identifier: null },
    use: null,
    alias: false,
    checks: [],
  } as unknown as Target;
  const made = newValueAt(types, target, { name: 'c', value }, stored, null);
  return made.misfit === null ? told(made.value) : made.misfit;
}

describe('a new value', () => {
  it.each([
    ['integer', '+0042', 'number 42'],
    ['integer', '9007199254740993', 'bigint 9007199254740993'],
    ['numeric(6,2)', '5', '5.00'],
    ['numeric(6,2)', '-1.5', '-1.50'],
    ['numeric', '1.50', '1.50'],
    ['double precision', '1e3', 'number 1000'],
    ['boolean', 'true', 'boolean true'],
    ['date', '2024-02-29', '2024-02-29'],
    ['timestamp', '2026-01-01', '2026-01-01T00:00:00'],
    ['timestamptz', '2026-01-01 12:00+02', '2026-01-01T10:00:00+00:00'],
    ['uuid', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
    ['bytea', '\\x00ff', '\\x00ff'],
    ['jsonb', '{"a": 1}', '{"a": 1}'],
    ['enum(a,b)', 'b', 'b'],
    ['varchar(3)', 'åäö', 'åäö'],
    ['text?', '', 'null'],
  ])('of %s: %s', (type, value, wanted) => {
    expect(set(type, value)).toBe(wanted);
  });

  it.each([
    ['integer', 'forty'],
    ['integer', '99999999999999999999'],
    ['numeric(6,2)', '12345'],
    ['numeric(6,2)', '1.005'],
    ['double precision', '1e400'],
    ['double precision', '-1e400'],
    ['date', '2026-1-1'],
    ['date', '2026-02-29'],
    ['timestamp', '2026-13-01'],
    ['jsonb', '{a}'],
    ['enum(a,b)', 'c'],
    ['varchar(3)', 'abcd'],
    ['text[]', 'a'],
    ['text', ''],
  ])('does not fit %s: %s', (type, value) => {
    expect(set(type, value)).toMatch(/^it (?:is|may not be empty)/);
    expect(set(type, value)).not.toContain(value === '' ? '\0' : `'${value}'`);
  });

  it('inside a document is of the kind that stands there, in a list of the kind of its elements', () => {
    expect(set('jsonb', '42', 1, ['n'])).toBe('number 42');
    expect(set('jsonb', '42', '1', ['n'])).toBe('42');
    expect(set('jsonb', '007', 1, ['n'])).toBe('007');
    expect(set('jsonb', '', 1, ['n'])).toBe('null');
    expect(set('integer[]', '42', 1, ['[]'])).toBe('number 42');
    expect(set('integer[]', 'x', 1, ['[]'])).toMatch('it is integer');
  });
});
