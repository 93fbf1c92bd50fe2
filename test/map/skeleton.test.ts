import fc from 'fast-check';
import { expect, test } from 'vitest';
import { skeleton } from '../../src/map/skeleton.js';
import { comment, scalar } from '../../src/map/yaml-text.js';
import type { Catalog } from '../../src/model/catalog.js';
import { errorsOf, load, resolve, table } from './support.js';

const CATALOG: Catalog = {
  collections: [
    table(
      'customers',
      'id integer, förnamn text, efternamn text?, e_post varchar(200)?, email_verified boolean?, telefon text?, personnummer varchar(13)?, address_id integer?, password_hash text?, shoe_size integer?, last_ip inet?, created_at timestamptz, note text?',
      { to: { address_id: 'addresses.id' }, rows: 1234567, comment: 'People:\n who buy # and more' },
    ),
    table('addresses', 'id integer, street text?, postnummer text?, city text?', { rows: 42 }),
    table('country', 'code char(2), iso integer'),
    table(
      'sales.orders',
      'tenant_id integer, no integer, customer_id integer, seller_id integer?, total numeric',
      {
        key: { fields: ['tenant_id', 'no'], kind: 'declared' },
        to: { customer_id: 'customers.id', 'tenant_id+seller_id': 'sales.sellers.tenant_id+id' },
      },
    ),
    table('sales.sellers', 'tenant_id integer, id integer, fullName text', {
      key: { fields: ['tenant_id', 'id'], kind: 'declared' },
      hidden: 'row-level security',
    }),
    table('weird table.x', 'order by text', {
      schema: 'public',
      name: 'weird table: x.y',
      id: 'w',
      unqualified: true,
      key: { fields: ['ctid'], kind: 'physical' },
    }),
    table('v', 'id integer', { kind: 'view' }),
  ],
};
const ENV = { CRM_URL: 'x' };
const text = (catalog: Catalog | null) =>
  skeleton([{ name: 'crm', connector: 'postgres', connection: `\${CRM_URL}`, catalog }]);

test('the skeleton is the same each time', async () => {
  await expect(text(CATALOG)).toMatchFileSnapshot('skeleton.golden.txt');
});

test('it loads and resolves as it is: no error, and every column and foreign key is told', () => {
  const resolution = resolve(text(CATALOG).replaceAll(`\${CRM_URL}`, 'x'), { crm: CATALOG });
  expect(errorsOf(resolution)).toEqual([]);
  expect(resolution.map.collections.map(({ id, table: of }) => [id, of])).toEqual([
    ['crm.addresses', 'public.addresses'],
    ['crm.country', 'public.country'],
    ['crm.customers', 'public.customers'],
    ['crm.weird table_ x_y', 'w'],
    ['crm.sales_orders', 'sales.orders'],
    ['crm.sales_sellers', 'sales.sellers'],
  ]);
  expect(resolution.map.collections[2]?.unmappedColumns).toContain('shoe_size');
  expect(resolution.map.collections[2]?.systemColumns).toEqual(['id']);
  expect(resolution.problems.filter(({ message }) => message.includes('needs a relation'))).toHaveLength(3);
  expect(resolution.gaps.filter(({ kind }) => kind === 'tables')).toEqual([]);
});

test('every suggestion, its # taken away, is understood', () => {
  const filled = text(CATALOG)
    .replaceAll(`\${CRM_URL}`, 'x')
    // what must be decided has nothing behind its colon
    .replaceAll(/^( {10})# ("?[^#:]+?"?: [^ #].*)$/gm, '$1$2')
    .replaceAll(/^( {8})# (references:|subject: .*|system: .*)$/gm, '$1$2')
    .replaceAll(/^( {8})# {3}(- \{ fields.*)$/gm, '$1  $2');
  const resolution = resolve(filled, { crm: CATALOG });
  expect(
    errorsOf(resolution).filter((error) => !error.includes('no path') && !error.includes('leads here')),
  ).toEqual([]);
  const customers = resolution.map.collections.find(({ name }) => name === 'customers');
  expect(
    customers?.fields.map(({ name, category, identifier }) => [name, category, identifier?.type ?? null]),
  ).toEqual([
    ['förnamn', 'user.name.first', null],
    ['efternamn', 'user.name.last', null],
    ['e_post', 'user.contact.email', 'email'],
    ['telefon', 'user.contact.phone_number', 'phone'],
    ['personnummer', 'user.government_id.national_identification_number', 'personnummer'],
    ['address_id', null, null],
    ['password_hash', 'user.authorization.password', null],
    ['last_ip', 'user.device.ip_address', 'ip'],
    ['note', 'user.content.private', null],
  ]);
  expect(customers?.unmappedColumns).toEqual(['email_verified', 'shoe_size']);
  expect(resolution.map.collections.find(({ name }) => name === 'sales_orders')?.references).toHaveLength(2);
});

test('a source that did not answer stands without tables, and a workspace without sources says so', () => {
  expect(load(text(null), ENV).written.sources.crm?.collections).toBeNull();
  expect(() => load(skeleton([]))).toThrowError(/sources: is empty/);
});

test('what is known of the controller is written, the rest is warned of', () => {
  expect(load(text(CATALOG), ENV).warnings.map(({ path }) => path)).toEqual([
    'controller.name',
    'controller.contact',
  ]);
  const known = skeleton([{ name: 'crm', connector: 'sqlite', connection: 'a: b.db', catalog: null }], {
    name: 'Åkes "Bil": AB',
    contact: '+46 70',
    fiscalYearEnd: '04-30',
  });
  const loaded = load(known);
  expect(loaded.warnings).toEqual([]);
  expect(loaded.controller).toMatchObject({
    name: 'Åkes "Bil": AB',
    contact: '+46 70',
    fiscalYearEnd: '04-30',
  });
  expect(loaded.sources[0]?.connection).toBe('a: b.db');
});

test('any names of tables and columns, however odd, come back from the file', () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(
      fc.uniqueArray(name, { minLength: 1, maxLength: 4 }),
      name,
      name,
      (tables, column, remark) => {
        const collections = tables.map((one) => ({
          ...table('x', 'id integer'),
          id: `id of ${one}`,
          name: one,
          schema: null,
          comment: remark,
          fields: [column, `${column}2`].map((field) => ({
            name: field,
            type: { kind: 'text', native: remark, length: null } as const,
            nullable: true,
            generated: false,
            hasDefault: false,
            comment: remark,
          })),
          key: { fields: [column], kind: 'declared' as const },
        }));
        const blank = [...tables, column].some((one) => one.trim() === '');
        fc.pre(!blank);
        const resolution = resolve(text({ collections }).replaceAll(`\${CRM_URL}`, 'x'), {
          crm: { collections },
        });
        expect(errorsOf(resolution)).toEqual([]);
        expect(new Set(resolution.map.collections.map((one) => one.table))).toEqual(
          new Set(collections.map(({ id }) => id)),
        );
        expect(resolution.map.collections[0]?.key).toEqual([column]);
      },
    ),
    { numRuns: 200, examples: [[['[_proto[_'], '!', ' ']] },
  );
});

test('a scalar in any place is the text it was, and a comment stays on its line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), (value) => {
      expect(comment(value)).not.toMatch(/[\n\r\u0085\u2028\u2029]/);
      fc.pre(!/\p{Cs}/u.test(value) && value.trim() !== '');
      const map = skeleton([
        { name: 'crm', connector: value, connection: value.replaceAll('$', ''), catalog: null },
      ]);
      fc.pre(!/[$=:]/.test(value) && value.replaceAll('$', '').trim() !== '');
      expect(load(map).sources[0]?.connector).toBe(value);
    }),
  );
  expect(
    ['no', 'null', '12', '-', 'a: b', '#a', '0x1', '~', ''].map(scalar).every((one) => one.startsWith('"')),
  ).toBe(true);
});
