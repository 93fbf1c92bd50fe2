import { describe, expect, it } from 'vitest';
import { encodeKey } from '../../src/locate/key-code.js';
import { openScratch } from '../../src/store/scratch.js';
import { searchWorld, told, type World } from '../support/world.js';

const own = (type: string) => ({ type });
const find = async (world: World, ...identifiers: string[]) => {
  const { located } = await searchWorld(world, [identifiers]);
  return told(located, world);
};

describe('locate', () => {
  it('finds only her own row when an employee is support contact of 21 customers', async () => {
    const world: World = {
      'hr.employees': {
        subject: true,
        identifiers: { email: own('email') },
        rows: [{ id: 1, email: 'eva@example.se' }],
      },
      'hr.customers': {
        subject: true,
        identifiers: { email: own('email') },
        references: [{ fields: ['support_id'], to: 'hr.employees', relation: 'mentions' }],
        rows: Array.from({ length: 21 }, (_, at) => ({ id: at, email: `k${at}@example.com`, support_id: 1 })),
      },
    };
    const lines = await find(world, 'email=eva@example.se');
    expect(lines.filter((line) => line.startsWith('own'))).toEqual(['own hr.employees:1']);
    expect(lines.filter((line) => line.startsWith('mention'))).toHaveLength(21);
  });

  it('puts who is meant in doubt by what is given, not by what was learnt of them', async () => {
    const world: World = {
      'crm.people': {
        subject: true,
        identifiers: { email: own('email') },
        rows: [
          { id: 1, email: 'anna@example.se' },
          { id: 2, email: 'anna@example.com' },
        ],
      },
    };
    const given = await searchWorld(world, [['email=anna@example.se', 'email=anna@example.com']]);
    expect(given.located.people[0]?.decisions).toHaveLength(2);
    const learnt = await searchWorld(world, [['email=anna@example.se']], {
      learnt: ['email=anna@example.com'],
    });
    expect(told(learnt.located, world)).toEqual(['own crm.people:1', 'own crm.people:2']);
    expect(learnt.located.people[0]?.decisions).toEqual([]);
  });

  it('starts from as many known records as there are by one query a collection, and says so', async () => {
    const world = (count: number): World => ({
      'crm.bills': {
        rows: Array.from({ length: count }, (_, id) => ({ id, of: id })),
      },
      'crm.lines': {
        references: [{ fields: ['bill'], to: 'crm.bills', relation: 'owned-by' }],
        rows: Array.from({ length: count }, (_, id) => ({ id, bill: id })),
      },
    });
    const search = (count: number) =>
      searchWorld(world(count), [[]], {
        records: [
          // One of them is not there.
          Array.from({ length: count + 1 }, (_, id) => ({ collection: 'crm.bills', key: encodeKey([id]) })),
        ],
      });
    const [few, many] = [await search(2), await search(2_000)];
    expect(many.queries).toBe(few.queries);
    expect(told(few.located, world(2))).toEqual([
      'own crm.bills:0',
      'own crm.bills:1',
      'own crm.lines:0',
      'own crm.lines:1',
    ]);
    expect(many.located.people[0]?.collections.map(({ own }) => own)).toEqual([2_000, 2_000]);
    const vias = ['crm.bills', 'crm.lines'].flatMap((collection) =>
      [...(few.located.people[0]?.records(collection, ['own']) ?? [])].map(({ via }) => via.join(' ')),
    );
    expect(new Set(vias)).toEqual(new Set(['record', 'record crm.lines.bill']));
  });

  const shop: World = {
    'shop.customers': {
      subject: true,
      identifiers: { email: own('email') },
      references: [{ fields: ['address_id'], to: 'shop.addresses', relation: 'owns' }],
      rows: [
        { id: 1, email: 'anna@example.se', address_id: 7 },
        { id: 2, email: 'bo@example.se', address_id: 7 },
        { id: 3, email: 'eva@example.se', address_id: 8 },
      ],
    },
    'shop.stores': {
      references: [{ fields: ['address_id'], to: 'shop.addresses', relation: 'owns' }],
      rows: [{ id: 1, address_id: 8 }],
    },
    'shop.addresses': { rows: [{ id: 7 }, { id: 8 }, { id: 9 }] },
    'shop.cards': {
      references: [{ fields: ['customer_id'], to: 'shop.customers', relation: 'owned-by' }],
      rows: [
        { id: 1, customer_id: 1 },
        { id: 2, customer_id: 2 },
      ],
    },
    'shop.orders': {
      references: [
        { fields: ['customer_id'], to: 'shop.customers', relation: 'owned-by' },
        { fields: ['card_id'], to: 'shop.cards', relation: 'owns' },
      ],
      rows: [{ id: 1, customer_id: 1, card_id: 2 }],
    },
    'shop.payments': {
      references: [
        { fields: ['order_id'], to: 'shop.orders', relation: 'owned-by' },
        { fields: ['customer_id'], to: 'shop.customers', relation: 'owned-by' },
      ],
      rows: [
        { id: 1, order_id: 1, customer_id: 1 },
        { id: 2, order_id: 1, customer_id: 2 },
        { id: 3, order_id: 1, customer_id: null },
        { id: 4, order_id: 1, customer_id: 99 },
      ],
    },
  };

  it("leaves out another customer's card and payments on this person's order, and marks a shared address", async () => {
    expect(await find(shop, 'email=anna@example.se')).toEqual([
      'own shop.cards:1',
      'own shop.customers:1',
      'own shop.orders:1',
      'own shop.payments:1',
      'own shop.payments:3',
      'own shop.payments:4',
      'shared shop.addresses:7',
    ]);
  });

  it('marks an address that a customer and a shop use as shared', async () => {
    expect(await find(shop, 'email=eva@example.se')).toEqual([
      'own shop.customers:3',
      'shared shop.addresses:8',
    ]);
  });

  it('asks each reached collection once a wave, however many people are asked for', async () => {
    const one = await searchWorld(shop, [['email=anna@example.se']]);
    const three = await searchWorld(shop, [
      ['email=anna@example.se'],
      ['email=bo@example.se'],
      ['email=eva@example.se'],
    ]);
    expect(told(three.located, shop, 0)).toEqual(told(one.located, shop));
    expect(told(three.located, shop, 1)).toEqual([
      'own shop.cards:2',
      'own shop.customers:2',
      'own shop.payments:2',
      'shared shop.addresses:7',
    ]);
    expect(three.queries).toBeLessThanOrEqual(one.queries + 1);
  });

  const contacts: World = {
    'crm.contacts': { subject: true, rows: [{ id: 1 }, { id: 2 }] },
    'crm.emails': {
      identifiers: { email: { type: 'email', of: 'contact_id' } },
      references: [{ fields: ['contact_id'], to: 'crm.contacts', relation: 'owned-by' }],
      rows: [
        { id: 1, contact_id: 1, email: 'anna@example.se' },
        { id: 2, contact_id: 1, email: 'anna.b@example.com' },
        { id: 3, contact_id: 2, email: 'bo@example.se' },
        { id: 4, contact_id: null, email: 'anna@example.se' },
      ],
    },
    'crm.deals': {
      identifiers: { accountant_email: { type: 'email', relation: 'mentions' } },
      references: [{ fields: ['contact_id'], to: 'crm.contacts', relation: 'owned-by' }],
      rows: [
        { id: 1, contact_id: 1, accountant_email: 'bo@example.se' },
        { id: 2, contact_id: 2, accountant_email: 'anna@example.se' },
      ],
    },
    'mail.readers': {
      subject: true,
      identifiers: { email: own('email') },
      rows: [
        { id: 1, email: 'Anna.B@example.com' },
        { id: 2, email: 'bo@example.se' },
      ],
    },
  };

  it('reaches the contact and everything of theirs through an e-mail address in a child table', async () => {
    expect(await find(contacts, 'email=anna@example.se')).toEqual([
      'mention crm.deals:2',
      'own crm.contacts:1',
      'own crm.deals:1',
      'own crm.emails:1',
      'own crm.emails:2',
      'own crm.emails:4',
      'own mail.readers:1',
    ]);
  });

  it('tells the path that led to a record', async () => {
    const { located } = await searchWorld(contacts, [['email=anna@example.se']]);
    const [person] = located.people;
    expect([...(person?.records('crm.deals', ['own']) ?? [])].map((record) => record.via)).toEqual([
      ['email', 'crm.deals.contact_id'],
    ]);
    expect([...(person?.records('mail.readers', ['own']) ?? [])].map((record) => record.via)).toEqual([
      ['email', 'email'],
    ]);
    expect(person?.identifiers).toEqual([
      { type: 'email', value: 'anna@example.se', strength: 'strong', from: 'operator', followed: true },
      {
        type: 'email',
        value: 'anna.b@example.com',
        strength: 'strong',
        from: 'crm.emails.email',
        followed: true,
      },
    ]);
  });

  const company: World = {
    'crm.users': {
      subject: true,
      identifiers: {
        email: own('email'),
        invoice_email: own('email'),
        registrant_email: { type: 'email', relation: 'mentions' },
      },
      rows: [
        {
          id: 1,
          email: 'anna@example.se',
          invoice_email: 'ekonomi@example.com',
          registrant_email: 'bo@example.se',
        },
        { id: 2, email: 'bo@example.se', invoice_email: 'ekonomi@example.com', registrant_email: null },
        { id: 3, email: 'eva@example.se', invoice_email: 'ekonomi@example.com', registrant_email: null },
      ],
    },
    'mail.opens': {
      identifiers: { email: own('email') },
      rows: [
        { id: 1, email: 'ekonomi@example.com' },
        { id: 2, email: 'anna@example.se' },
      ],
    },
  };

  it('keeps three people three when a colleague registered one and all share the finance mailbox', async () => {
    const { located } = await searchWorld(company, [['email=anna@example.se']]);
    expect(told(located, company)).toEqual([
      'candidate crm.users:2',
      'candidate crm.users:3',
      'own crm.users:1',
      'own mail.opens:2',
    ]);
    expect(located.people[0]?.decisions.map((decision) => [decision.kind, decision.key])).toEqual([
      ['identity-conflict', [2]],
      ['identity-conflict', [3]],
    ]);
    expect(located.people[0]?.warnings).toHaveLength(1);
    expect(located.people[0]?.identifiers.map(({ value, followed }) => [value, followed])).toEqual([
      ['anna@example.se', true],
      ['ekonomi@example.com', false],
    ]);
  });

  it('makes every root a decision when the shared value was the one given', async () => {
    const { located } = await searchWorld(company, [['email=ekonomi@example.com']]);
    expect(told(located, company)).toEqual([
      'candidate crm.users:1',
      'candidate crm.users:2',
      'candidate crm.users:3',
    ]);
  });

  it('takes in a root that the operator accepted, and leaves out one that was rejected', async () => {
    const answers = {
      accept: [{ collection: 'crm.users', key: 'p!1' }],
      reject: [2, 3].map((id) => ({ collection: 'crm.users', key: `p!${id}` })),
    };
    const { located } = await searchWorld(company, [['email=ekonomi@example.com']], answers);
    expect(told(located, company)).toEqual(['own crm.users:1', 'own mail.opens:2']);
    expect(located.people[0]?.decisions).toEqual([]);
  });

  it('follows a shared value again once every root that holds it was accepted', async () => {
    const accept = [1, 2, 3].map((id) => ({ collection: 'crm.users', key: `p!${id}` }));
    const { located } = await searchWorld(company, [['email=ekonomi@example.com']], { accept });
    expect(told(located, company)).toContain('own mail.opens:1');
  });

  it('makes identifiers that reach two different people a decision about each', async () => {
    const { located } = await searchWorld(company, [['email=anna@example.se', 'email=eva@example.se']], {
      identifiers: { email: { never: ['ekonomi@*'] } },
    });
    expect(told(located, company)).toEqual(['candidate crm.users:1', 'candidate crm.users:3']);
  });

  it('takes two roots with the same single value for one person, whatever else they share', async () => {
    const world: World = {
      'crm.people': {
        subject: true,
        identifiers: { email: own('email'), pnr: own('personnummer') },
        rows: [
          { id: 1, email: 'anna@example.se', pnr: '199006022397' },
          { id: 2, email: 'anna@example.se', pnr: '900602-2397' },
          { id: 3, email: 'bo@example.se', pnr: '198501012382' },
        ],
      },
    };
    expect(await find(world, 'email=anna@example.se')).toEqual(['own crm.people:1', 'own crm.people:2']);
  });

  it('finds a → b → c → a and self-references once, and a polymorphic child', async () => {
    const world: World = {
      'x.a': {
        subject: true,
        identifiers: { email: own('email') },
        references: [{ fields: ['b_id'], to: 'x.b', relation: 'owned-by' }],
        rows: [{ id: 1, email: 'anna@example.se', b_id: 1 }],
      },
      'x.b': {
        references: [{ fields: ['c_id'], to: 'x.c', relation: 'owned-by' }],
        rows: [{ id: 1, c_id: 1 }],
      },
      'x.c': {
        references: [
          { fields: ['a_id'], to: 'x.a', relation: 'owned-by' },
          { fields: ['parent_id'], to: 'x.c', relation: 'owned-by' },
        ],
        rows: [
          { id: 1, a_id: 1, parent_id: 1 },
          { id: 2, a_id: null, parent_id: 1 },
          { id: 3, a_id: null, parent_id: 2 },
        ],
      },
      'x.notes': {
        references: [
          {
            fields: ['entity_id'],
            to: 'x.a',
            relation: 'owned-by',
            when: [{ field: 'entity_table', anyOf: ['a'] }],
          },
          {
            fields: ['entity_id'],
            to: 'x.b',
            relation: 'owned-by',
            when: [{ field: 'entity_table', anyOf: ['b'] }],
          },
        ],
        rows: [
          { id: 1, entity_table: 'a', entity_id: 1 },
          { id: 2, entity_table: 'shop', entity_id: 1 },
          { id: 3, entity_table: 'b', entity_id: 1 },
        ],
      },
    };
    expect(await find(world, 'email=anna@example.se')).toEqual([
      'own x.a:1',
      'own x.b:1',
      'own x.c:1',
      'own x.c:2',
      'own x.c:3',
      'own x.notes:1',
      'own x.notes:3',
    ]);
  });

  it('makes people found by name or by a shared phone candidates, and follows nothing from them', async () => {
    const world: World = {
      'crm.people': {
        subject: true,
        identifiers: { name: own('name'), phone: own('phone'), email: own('email') },
        rows: [
          { id: 1, name: 'Åsa Ek', phone: '070-174 06 05', email: 'asa@example.se' },
          { id: 2, name: 'Asa Ek', phone: '070-1740605', email: 'asa@example.com' },
          { id: 3, name: 'Åsa Ek', phone: null, email: 'ek@example.com' },
        ],
      },
      'crm.orders': {
        references: [{ fields: ['person_id'], to: 'crm.people', relation: 'owned-by' }],
        rows: [{ id: 1, person_id: 2 }],
      },
    };
    expect(await find(world, 'email=asa@example.se')).toEqual(['own crm.people:1']);
    expect(await find(world, 'email=asa@example.se', 'phone=0701740605')).toEqual([
      'candidate crm.people:2',
      'own crm.people:1',
    ]);
    expect(await find(world, 'name=Åsa Ek')).toEqual(
      ['candidate crm.people:1', 'candidate crm.people:2', 'candidate crm.people:3'].filter(
        (line) => line !== '',
      ),
    );
  });

  it('never mixes two sources that hold the same key as different people', async () => {
    const table = (email: string) => ({
      subject: true as const,
      identifiers: { email: own('email') },
      rows: [{ id: 1, email }],
    });
    const child = (to: string) => ({
      references: [{ fields: ['customer_id'], to, relation: 'owned-by' as const }],
      rows: [{ id: 1, customer_id: 1 }],
    });
    const world: World = {
      'se.customer': table('anna@example.se'),
      'no.customer': table('bo@example.se'),
      'se.orders': child('se.customer'),
      'no.orders': child('no.customer'),
    };
    expect(await find(world, 'email=anna@example.se')).toEqual(['own se.customer:1', 'own se.orders:1']);
  });

  it('counts a record whose owner stands in a source that is down as somebody else’s, and says the source is unreachable', async () => {
    const world: World = {
      'crm.people': {
        subject: true,
        identifiers: { email: own('email') },
        rows: [{ id: 1, email: 'anna@example.se' }],
      },
      'app.sessions': {
        references: [{ fields: ['person_id'], to: 'crm.people', relation: 'owned-by' }],
        rows: [{ id: 1, person_id: 1 }],
      },
      'app.events': {
        references: [
          { fields: ['session_id'], to: 'app.sessions', relation: 'owned-by' },
          { fields: ['employee_id'], to: 'hr.employees', relation: 'owned-by' },
        ],
        rows: [
          { id: 1, session_id: 1, employee_id: null },
          { id: 2, session_id: 1, employee_id: 5 },
        ],
      },
      'hr.employees': { subject: true, rows: [{ id: 5 }] },
    };
    for (const options of [{ down: ['hr'] }, { failing: ['hr'] }]) {
      const { located } = await searchWorld(world, [['email=anna@example.se']], options);
      expect(told(located, world)).toEqual(['own app.events:1', 'own app.sessions:1', 'own crm.people:1']);
      expect(located.sources.find((status) => status.source === 'hr')?.status).toBe('unreachable');
      expect(located.people[0]?.collections.map((count) => count.collection)).not.toContain('hr.employees');
    }
  });

  it('follows keys 0 and the empty text, and never null', async () => {
    const world: World = {
      'x.people': {
        subject: true,
        identifiers: { email: own('email') },
        rows: [
          { id: 0, email: 'anna@example.se' },
          { id: '', email: 'bo@example.se' },
        ],
      },
      'x.orders': {
        references: [{ fields: ['person_id'], to: 'x.people', relation: 'owned-by' }],
        rows: [
          { id: 1, person_id: 0 },
          { id: 2, person_id: '' },
          { id: 3, person_id: null },
        ],
      },
    };
    expect(await find(world, 'email=anna@example.se')).toEqual(['own x.orders:1', 'own x.people:0']);
    expect(await find(world, 'email=bo@example.se')).toEqual(['own x.orders:2', 'own x.people:']);
  });

  it('says that the disk is full when its scratch file cannot grow', async () => {
    const scratch = openScratch(null);
    scratch.db.pragma('max_page_count = 80');
    const world: World = {
      'x.people': {
        subject: true,
        identifiers: { email: own('email') },
        rows: [{ id: 1, email: 'anna@example.se' }],
      },
      'x.orders': {
        references: [{ fields: ['person_id'], to: 'x.people', relation: 'owned-by' }],
        rows: Array.from({ length: 20_000 }, (_, id) => ({ id, person_id: 1 })),
      },
    };
    await expect(searchWorld(world, [['email=anna@example.se']], { scratch })).rejects.toMatchObject({
      kind: 'transient',
      message: expect.stringContaining('no space left'),
    });
  });
});
