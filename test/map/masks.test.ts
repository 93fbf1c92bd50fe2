import { describe, expect, it } from 'vitest';
import type { CheckInfo, CollectionInfo } from '../../src/model/catalog.js';
import { crm, errorsOf, resolve, table } from './support.js';

const check = (expression: string, ...fields: readonly string[]): CheckInfo => ({
  name: 'a_ok',
  fields: fields.length === 0 ? ['a'] : fields,
  expression,
});

/** Errors of a map with the collection `t` over columns with checks. */
function errors(text: string, columns: string, rest: Partial<CollectionInfo> = {}): readonly string[] {
  const other = table('other', 'id integer, x text?');
  const map = crm(`${text}\nother: { system: [id, x], subject: someone, erase: delete, unsearchable: here }`);
  return errorsOf(resolve(map, { crm: { collections: [table('t', columns, rest), other] } }));
}
const of = (field: string) => `t: { system: [id], fields: { a: ${field} }, unsearchable: x }`;
const AT = 'sources.crm.collections.t';

describe('the default mask', () => {
  it('is a pseudonym that the column takes, checks and all', () => {
    expect(
      errors(of('user.name'), 'id integer, a varchar(9)', { checks: [check("(a ~ '^[A-Z]+$'::text)")] }),
    ).toEqual([]);
    expect(errors(of('user.device.ip_address'), 'id integer, a inet')).toEqual([]);
    expect(errors(of('user.name'), 'id integer, a varchar(9)', { checks: [check('is_name(a)')] })).toEqual([
      `${AT}.fields.a: no random value can be made for a, which is varchar(9): the check a_ok may refuse it, and it may not be null (mask: { constant: … }, or keep)`,
    ]);
  });

  it('is NULL where no check stands against it', () => {
    expect(errors(of('user.name'), 'id integer, a cidr?')).toEqual([]);
    expect(errors(of('user.name'), 'id integer, a cidr?', { checks: [check("a <> '::'")] })).toEqual([]);
    expect(errors(of('user.name'), 'id integer, a cidr?', { checks: [check('a is not null')] })).toEqual([
      `${AT}.fields.a: no random value can be made for a, which is cidr (mask: "null", { constant: … }, or keep)`,
    ]);
  });
});

describe('a mask is held against the checks of its column', () => {
  it.each([
    ['"null"', 'a IS NOT NULL', /fields\.a\.mask: a may not be null: the check a_ok refuses it/],
    ['{ constant: y }', "a in ('x', 'z')", /mask\.constant: "y" is refused by the check a_ok on a/],
    [
      'pseudonym',
      'is_name(a)',
      /mask: no random value can be made for a, which is text: the check a_ok may refuse it/,
    ],
  ])('%s under %s', (mask, expression, message) => {
    const found = errors(of(`{ category: user.name, mask: ${mask} }`), 'id integer, a text?', {
      checks: [check(expression)],
    });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(message);
  });

  it.each([
    ['"null"', "a <> ''"],
    // Whoever wrote the map may know what it means.
    ['"null"', 'is_name(a)'],
    ['{ constant: y }', 'is_name(a)'],
    ['{ constant: z }', "a in ('x', 'z')"],
    ['keep', 'is_name(a)'],
    ['redact', 'is_name(a)'],
  ])('%s under %s may stand', (mask, expression) => {
    expect(
      errors(of(`{ category: user.name, mask: ${mask} }`), 'id integer, a text?', {
        checks: [check(expression)],
      }),
    ).toEqual([]);
  });
});

describe('what a retained record loses at once', () => {
  const retained = (fields: string, names: string) =>
    `t: { system: [id, d], fields: { ${fields} }, erase: delete, unsearchable: x, retain: { ground: archiving, until: { field: d, plus: { years: 1 } }, mask: [${names}] } }`;

  it('is judged as a mask is', () => {
    expect(errors(retained('a: user.name', 'a'), 'id integer, d date, a text')).toEqual([]);
    expect(
      errors(retained('o: owned-by', 'o'), 'id integer, d date, o integer?', {
        references: table('t', 'o integer', { to: { o: 'other.id' } }).references,
      }),
    ).toEqual([]);
  });

  it.each([
    ['a: user.name', 'a text?', /retain\.mask\[0\]: others refer to a, and would lead nowhere/],
    ['a: user.name', 'a text', /retain\.mask\[0\]: others refer to a, and would lead nowhere/],
    ['a: { category: user.name, mask: pseudonym }', 'a text?', null],
  ])('cannot be what others refer to, unless it says how: %s, %s', (field, column, message) => {
    const child =
      'u: { table: other, system: [id], fields: { x: { references: t.a, relation: none } }, erase: delete, unsearchable: x }';
    const found = errors(`${retained(field, 'a')}\n${child}`, `id integer, d date, ${column}`);
    const here = found.filter((each) => each.includes('.t.'));
    expect(here).toEqual(message === null ? [] : [expect.stringMatching(message)]);
  });

  it.each([
    [
      'a: { category: user.name, mask: keep }',
      'a',
      'id integer, d date, a text',
      /retain\.mask\[0\]: a says mask: keep/,
    ],
    ['id: user.unique_id', 'id', 'id integer, d date', /id is part of the key/],
    ['a: user.name', 'a', 'id integer, d date, a text=', /a is generated/],
  ])('%s', (fields, names, columns, message) => {
    const text = retained(fields, names).replace(
      'system: [id, d]',
      fields.startsWith('id') ? 'system: [d]' : 'system: [id, d]',
    );
    const found = errors(text, columns);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(message);
  });

  it('may be a field that is no personal one, and then a value must be there for it', () => {
    const found = errors(retained('a: { category: system.operations }', 'a'), 'id integer, d date, a cidr');
    expect(found).toEqual([expect.stringMatching(/retain\.mask\[0\]: no random value can be made for a/)]);
  });

  it('cannot be a reference that may not be null', () => {
    const references = table('t', 'o integer', { to: { o: 'other.id' } }).references;
    const found = errors(retained('o: owned-by', 'o'), 'id integer, d date, o integer', { references });
    expect(found).toEqual([
      expect.stringMatching(/retain\.mask\[0\]: o is a reference that may not be null/),
    ]);
  });
});

describe('disable and restrict', () => {
  const columns = 'id integer, kind text, active boolean, a text?, o integer?, d date';
  const references = table('t', 'o integer', { to: { o: 'other.id' } }).references;
  const base = 'system: [id, kind, active, d], fields: { a: user.name }, erase: delete, unsearchable: x';

  it.each([
    [
      `t: { ${base}, subject: { is: x, when: { active: true } }, disable: { active: false } }`,
      'disable.active: sets active, and subject.when of crm.t depends on it',
    ],
    [
      `t: { ${base}, restrict: { kind: held }, retain: { ground: archiving, when: { kind: paid }, until: { field: d, plus: { years: 1 } } } }`,
      'restrict.kind: sets kind, and retain.when of crm.t depends on it',
    ],
    [
      `t: { ${base}, disable: { kind: off }, references: [{ fields: [o], to: other, on: [id], when: { kind: x }, relation: owned-by }] }`,
      'disable.kind: sets kind, and the reference of crm.t to crm.other depends on it',
    ],
    [
      `t: { ${base}, disable: { kind: off } }\nu: { table: t, ${base}, subject: { is: y, when: { kind: u } } }`,
      'disable.kind: sets kind, and subject.when of crm.u depends on it',
    ],
  ])('must not set what a `when` depends on', (text, message) => {
    const found = errors(text, columns, text.includes('references') ? { references } : {});
    expect(found.join('\n')).toContain(`${AT}.${message}`);
  });

  it.each([
    ['a: { category: user.contact.email, identifier: email }', 'it holds the identifier crm.t.a'],
    ['a.b: { category: user.contact.email, identifier: email }', 'it holds the identifier crm.t.a.b'],
    ['a: { category: user.contact.email, identifier: email, relation: mentions }', 'it holds the identifier'],
    ['a: { references: other.x, relation: owned-by }', 'it refers to crm.other in crm.t'],
    ['a: { references: other.x, relation: none }', 'it refers to crm.other in crm.t'],
    ['o: { references: t.a, relation: mentions }', 'crm.t refers to it by o'],
    [
      'a: { category: user.contact.email, identifier: email, relation: none }, x: { category: user.name, of: a }',
      'it says whose crm.t.x is',
    ],
    [
      'x: user.name }, key: [a], retain: { ground: archiving, until: { field: d, plus: { years: 1 } }',
      'it is part of the key of crm.t',
    ],
    [
      'x: user.name }, retain: { ground: archiving, until: { field: a, plus: { years: 1 } }',
      'retain.until of crm.t counts from it',
    ],
  ])('must not set what finds, leads or tells apart: %s', (fields, why) => {
    const text = `t: { system: [id], fields: { ${fields} }, erase: delete, unsearchable: x, disable: { a: null } }`;
    const found = errors(text, 'id integer, a text?, x text?, o text?, d date', { unique: [['a']] });
    expect(found.join('\n')).toContain(`${AT}.disable.a: sets a, and ${why}`);
  });

  it('must not set the key of the table, nor what the verdict counts from, whichever collection says so', () => {
    const found = errors(
      `t: { system: [id], fields: { a: user.name }, unsearchable: x, key: [o], restrict: { id: 0, d: null } }
u: { table: t, key: [o], system: [id], fields: { a: user.name }, unsearchable: x, erase: keep, ground: archiving, until: { field: d, plus: { years: 1 } } }`,
      'id integer, a text?, o integer, d date?',
      { unique: [['o']] },
    );
    expect(found).toEqual([
      `${AT}.restrict.id: sets id, and it is part of the key of its table (set another column, such as a flag)`,
      `${AT}.restrict.d: sets d, and until of crm.u counts from it (set another column, such as a flag)`,
    ]);
  });

  it('must not set a unique column to one value for all; null is as many as one likes', () => {
    const of = (value: string) =>
      errors(`t: { ${base}, disable: { nick: ${value} } }`, `${columns}, nick text?`, { unique: [['nick']] });
    expect(of('gone')).toEqual([
      `${AT}.disable.nick: nick is unique: two records cannot both hold the constant (set another column, such as a flag)`,
    ]);
    expect(of('null')).toEqual([]);
  });

  it('may set any other column', () => {
    expect(
      errors(`t: { ${base}, subject: { is: x, when: { kind: u } }, disable: { active: false } }`, columns),
    ).not.toContainEqual(expect.stringContaining('disable'));
  });
});

describe('a constant in a unique column', () => {
  const masks = (fields: string, rest: Partial<CollectionInfo>) =>
    resolve(crm(`t: { system: [id], fields: { ${fields} }, unsearchable: x }`), {
      crm: { collections: [table('t', 'id integer, a text, b text', rest)] },
    }).problems.flatMap(({ severity, path, message }) =>
      path.endsWith('constant') ? [`${severity} ${path.slice(AT.length + 8)} ${message}`] : [],
    );
  const [a, b] = [
    'a: { category: user.name, mask: { constant: x } }',
    'b: { category: user.name, mask: keep }',
  ];
  const index = (...parts: readonly string[]) => ({ indexes: [{ name: 'i', parts, unique: true }] });

  it.each([
    [
      'alone',
      `${a}, ${b}`,
      { unique: [['a']] },
      'error a.mask.constant a is unique: two records cannot both hold the constant',
    ],
    [
      'with another that differs',
      `${a}, ${b}`,
      { unique: [['a', 'b']] },
      'warning a.mask.constant a is unique together with b: two records that both get the constant may be refused',
    ],
    [
      'under a condition that is not told',
      `${a}, ${b}`,
      index('a'),
      'warning a.mask.constant a is unique in an index: two records that both get the constant may be refused',
    ],
    [
      'in lower case',
      `${a}, ${b}`,
      index('lower((a)::text)'),
      'warning a.mask.constant a is unique in an index: two records that both get the constant may be refused',
    ],
    [
      'alone and with another',
      `${a}, ${b}`,
      { unique: [['a', 'b'], ['a']] },
      'error a.mask.constant a is unique: two records cannot both hold the constant',
    ],
  ])('%s', (_, fields, rest, message) => {
    expect(masks(fields, rest)).toEqual([message]);
  });

  it('is refused of each column where all of the key get one', () => {
    const both = `${a}, ${a.replace('a:', 'b:')}`;
    const told = 'a, b are unique together: two records cannot both hold the constant';
    expect(masks(both, { unique: [['a', 'b']] })).toEqual([
      `error a.mask.constant ${told}`,
      `error b.mask.constant ${told}`,
    ]);
  });

  it('may stand where the key tells the records apart, and in any other column', () => {
    expect(masks(`${a}, ${b}`, { unique: [['id', 'a']] })).toEqual([]);
    expect(masks(`${a}, ${b}`, { unique: [['b']] })).toEqual([]);
  });
});
