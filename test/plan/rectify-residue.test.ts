import { describe, expect, it } from 'vitest';
import { rectifyResidue } from '../../src/plan/rectify-residue.js';
import { table } from '../map/support.js';
import { findIn, type Landscape, landscapeOf, lines, rectified, write } from '../survey/rectify-support.js';

const landscape = () =>
  landscapeOf({
    crm: {
      collections: `
customers:
  subject: customer
  system: [id]
  fields:
    name: user.name
    email: { category: user.contact.email, identifier: email }
  erase: delete
orders:
  system: [id]
  fields:
    customer_id: owned-by
    ship_name: user.name
    billed_name: { category: user.name, rectify: false }
  erase: delete
letters:
  system: [id]
  fields:
    email: { category: user.contact.email, identifier: email }
  erase: delete`,
      tables: [
        [table('letters', 'id integer, email text?'), []],
        [
          table('customers', 'id integer, name text?, email text?'),
          [
            { id: 1, name: 'Anna Berg', email: 'anna@example.se' },
            { id: 2, name: 'Bo Ek', email: 'bo@example.se' },
          ],
        ],
        [
          table('orders', 'id integer, customer_id integer?, ship_name text?, billed_name text?', {
            to: { customer_id: 'customers.id' },
          }),
          [
            { id: 10, customer_id: 1, ship_name: 'Anna Berg', billed_name: 'Anna Berg' },
            { id: 11, customer_id: 1, ship_name: 'Bo Ek' },
            { id: 12, customer_id: 1, billed_name: 'Anna Berg' },
          ],
        ],
      ],
    },
  });

const SET = ['user.name=Anna Ny', 'email=new@example.se'];

async function residueAfter(of: Landscape, meanwhile: () => void, ...more: readonly string[]) {
  const { plan } = await rectified(of, ['email=anna@example.se', ...more], SET);
  write(of, plan);
  meanwhile();
  const found = await findIn(of, ['email=anna@example.se', 'email=new@example.se', ...more]);
  const { signal } = new AbortController();
  return rectifyResidue({ ...of, ...found, plan, writable: () => true, signal });
}

describe('what a rectification left', () => {
  it('is nothing after it was written: what the plan keeps is no residue', async () => {
    const of = landscape();
    expect(await residueAfter(of, () => {})).toEqual({ residual: 0, places: [], tasks: [] });
    const again = await rectified(of, ['email=new@example.se'], SET);
    expect(lines(again.plan).filter((line) => line.startsWith('update'))).toEqual([]);
  });

  it('is a record that came since with the old value, though nothing else tells of it any more', async () => {
    const of = landscape();
    const late = { id: 13, customer_id: 1, ship_name: 'anna berg', billed_name: null };
    const found = await residueAfter(of, () => of.connectors.get('crm')?.insert('public.orders', [late]));
    expect(found).toEqual({
      residual: 1,
      places: [{ collection: 'crm.orders', records: 1, why: 'what was to be corrected still stands there' }],
      tasks: [],
    });
  });

  it('is none where the plan set it, or where another value came since', async () => {
    const of = landscape();
    const late = { id: 13, customer_id: 1, ship_name: 'Eva Ek', billed_name: null };
    const found = await residueAfter(of, () => {
      of.connectors.get('crm')?.insert('public.orders', [late]);
      of.connectors
        .get('crm')
        ?.change('public.customers', (row) => (row.id === 1 ? { ...row, name: 'Anna Ek' } : row));
    });
    expect(found.residual).toBe(0);
  });

  it('is an address by which the person was searched, where it came since', async () => {
    const of = landscape();
    const late = [
      { id: 20, email: 'Anna@Example.se' },
      { id: 21, email: 'older@example.se' },
    ];
    const meanwhile = () => of.connectors.get('crm')?.insert('public.letters', late);
    const found = await residueAfter(of, meanwhile, 'email=older@example.se');
    expect(found.places).toMatchObject([{ collection: 'crm.letters', records: 2 }]);
  });

  it('is none where the record is gone', async () => {
    const of = landscape();
    const found = await residueAfter(of, () =>
      of.connectors.get('crm')?.change('public.orders', (row) => (row.id === 10 ? null : row)),
    );
    expect(found.residual).toBe(0);
  });
});
