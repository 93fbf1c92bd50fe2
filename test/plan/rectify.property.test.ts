import fc from 'fast-check';
import { expect, it } from 'vitest';
import { identifierTypes } from '../../src/identity/identifier-types.js';
import { clock } from '../identity/people.js';
import { table } from '../map/support.js';
import type { MemoryRow } from '../support/memory-connector.js';
import { dump, holding, type Landscape, landscapeOf, rectified, write } from '../survey/rectify-support.js';

const types = identifierTypes({}, { clock });

/** Ways in which a place may hold a number; each is a column of its own. */
const PHONES = {
  e164: '+46701740605',
  national: '070-174 06 05',
  digits: '0701740605',
} as const;
const OTHER_PHONES = ['+46701740690', '070-174 06 90', '+46846500400'];
const NEW_PHONE = '070-1740612';
const CANONICAL = '+46701740612';
const NAMES = ['Anna Berg', 'ANNA BERG', 'Berg, Anna', 'Bo Ek', 'Åsa Berg', ''];

const COLLECTIONS = `
people:
  subject: person
  system: [id]
  fields:
    email: { category: user.contact.email, identifier: email }
    name: user.name
    phone: { category: user.contact.phone_number, identifier: phone }
  erase: delete
things:
  system: [id]
  fields:
    owner: { references: people.id, relation: owned-by }
    co_owner: { references: people.id, relation: owned-by }
    phone: user.contact.phone_number
    name: user.name
    profile.phone: user.contact.phone_number
    tags[]: user.contact.phone_number
  erase: delete`;

const phone = fc.option(fc.constantFrom(...Object.values(PHONES), ...OTHER_PHONES), { nil: null });
const name = fc.option(fc.constantFrom(...NAMES), { nil: null });
const owner = fc.option(fc.constantFrom(1, 2, 3, 9), { nil: null });

const anyThing = fc.record({
  id: fc.integer({ min: 10, max: 30 }),
  owner,
  co_owner: fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: owner }),
  phone,
  name,
  profile: fc.option(
    phone.map((text) => ({ json: `{"n": 1.0, "phone":${JSON.stringify(text)}, "x":"070-174 06 05"}` })),
    { nil: null },
  ),
  tags: fc.array(phone, { maxLength: 3 }),
});

const anyRows = fc.record({
  annas: fc.record({ name, phone }),
  second: fc.record({ name, phone }),
  things: fc.uniqueArray(anyThing, { maxLength: 8, selector: ({ id }) => id }),
});

type Rows = typeof anyRows extends fc.Arbitrary<infer T> ? T : never;

const peopleInfo = table('people', 'id integer, email text, name text?, phone text?');
const thingsInfo = table(
  'things',
  'id integer, owner integer?, co_owner integer?, phone text?, name text?, profile jsonb?, tags text[]?',
);

function filledWith(landscape: Landscape, { annas, second, things }: Rows): Landscape {
  return holding(landscape, {
    'crm.people': [
      { id: 1, email: 'anna@example.se', ...annas },
      { id: 2, email: 'bo@example.se', name: 'Bo Ek', phone: '+46701740690' },
      { id: 3, email: 'eva@example.se', ...second },
    ],
    'crm.things': things as readonly MemoryRow[],
  });
}

const isKnown = (known: readonly (string | null)[], type: string, stored: string) =>
  known.some((each) => {
    if (each === null) return false;
    const { value, content } = types.get(type).normalise(each);
    return content && types.get(type).compare(value, stored) === 'same';
  });

/** What the contract says, the slow way: a value of an own record that is one of the person's becomes the new one. */
function expectSet(
  before: unknown,
  after: unknown,
  known: readonly (string | null)[],
  own: boolean,
  isNew: (text: string) => boolean,
  type: string,
): void {
  if (typeof before === 'string' && own && isKnown(known, type, before)) {
    expect(typeof after).toBe('string');
    expect(isNew(String(after))).toBe(true);
    if (type === 'phone') expect(formOf(String(after))).toBe(formOf(before));
  } else {
    expect(after).toEqual(before);
  }
}

/** The shape of a spelling: every digit alike. */
function formOf(text: string): string {
  return text.replace(/\d/g, '0');
}

it('changes exactly the places of own records that hold a known value, each in its own form', async () => {
  const tables = [peopleInfo, thingsInfo].map((info) => [info, []] as const);
  const empty = landscapeOf({ crm: { collections: COLLECTIONS, tables } });
  await fc.assert(
    fc.asyncProperty(anyRows, fc.boolean(), async (rows, isPhone) => {
      const landscape = filledWith(empty, rows);
      const before = dump(landscape);
      const set = isPhone ? `phone=${NEW_PHONE}` : 'user.name=Anna Ny';
      const { plan } = await rectified(landscape, ['email=anna@example.se'], [set]);
      write(landscape, plan);
      const after = dump(landscape);
      const type = isPhone ? 'phone' : 'name';
      const isNew = (text: string) =>
        isPhone ? types.get('phone').compare(CANONICAL, text) === 'same' : text === 'Anna Ny';
      const known = isPhone ? [rows.annas.phone] : [rows.annas.name];
      const places = (row: MemoryRow): readonly unknown[] => {
        const json = (row.profile as { readonly json: string } | null | undefined)?.json ?? '{}';
        const inside = (JSON.parse(json) as { readonly phone?: string }).phone ?? null;
        return isPhone ? [row.phone, inside, ...((row.tags as readonly unknown[] | null) ?? [])] : [row.name];
      };
      const rest = (row: MemoryRow) => {
        const profile = (row.profile as { readonly json: string } | null | undefined)?.json;
        const { phone: _p, tags: _t, name: _n, ...others } = row;
        const untouched = isPhone
          ? { name: row.name }
          : { phone: row.phone, tags: row.tags, profile: row.profile };
        return { ...others, ...untouched, profile: profile?.replace(/"phone":("[^"]*"|null)/, '') };
      };
      for (const collection of ['crm.people', 'crm.things']) {
        const then = before[collection] ?? [];
        const now = after[collection] ?? [];
        expect(now.map(rest)).toEqual(then.map(rest));
        then.forEach((row, at) => {
          const owners = [row.owner, row.co_owner].filter(
            (id) => [1, 2, 3].includes(Number(id)) && id !== null,
          );
          const own =
            collection === 'crm.people' ? row.id === 1 : owners.length > 0 && owners.every((id) => id === 1);
          const values = places(now[at] ?? {});
          places(row).forEach((value, index) => {
            expectSet(value, values[index], known, own, isNew, type);
          });
        });
      }
    }),
    { numRuns: 60 },
  );
});
