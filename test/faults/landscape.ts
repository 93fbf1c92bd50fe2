import type { CaseSource } from '../cases/workspace.js';
import type { Engine } from '../harness/engines.js';

/** Who is erased and corrected; another person stands beside her everywhere, and nothing of his may change. */
export const ANNA = 'anna@example.se';
export const OLD_PHONE = '070-1740605';
export const NEW_PHONE = '+46701740606';

/** A source, its rows by table, and the tables in the order in which foreign keys allow them to be filled. */
export interface FaultSource extends CaseSource {
  readonly engine: Engine;
  readonly rows: Readonly<Record<string, readonly string[]>>;
  /** By table: its key column. */
  readonly keys: Readonly<Record<string, string>>;
}

const email = { category: 'user.contact.email', identifier: 'email' };
const phone = { category: 'user.contact.phone_number', identifier: 'phone' };

/**
 * Three engines that hang together: who is in PostgreSQL, what was bought in MariaDB (some of it kept by
 * law, which keeps the customer's row as a shell), what was asked in SQLite. A login ends in two of them.
 */
export const SOURCES: Readonly<Record<string, FaultSource>> = {
  crm: {
    engine: 'postgres',
    sql: [
      `create table customers (id int primary key, customer_no varchar(20) not null unique, name varchar(80) not null,
        email varchar(100), phone varchar(40), active boolean not null)`,
      'create table consents (id int primary key, customer_id int not null references customers, topic varchar(40))',
      `create table notes (id int primary key, customer_id int not null references customers, author_id int references customers,
        body varchar(200))`,
    ],
    rows: {
      customers: [
        `1, 'K-1', 'Anna Ek', '${ANNA}', '${OLD_PHONE}', true`,
        `2, 'K-2', 'Bo Alm', 'bo@example.se', '070-1740699', true`,
      ],
      consents: ["1, 1, 'letters'", "2, 1, 'calls'", "3, 2, 'letters'"],
      notes: ["1, 1, 2, 'asked for a quote'", "2, 2, 1, 'wants to be called'"],
    },
    keys: { customers: 'id', consents: 'id', notes: 'id' },
    collections: {
      customers: {
        subject: 'customer',
        disable: { active: false },
        system: ['id'],
        fields: {
          customer_no: { category: 'user.unique_id', identifier: 'customer_no', mask: 'pseudonym' },
          ...{ name: 'user.name', email, phone },
        },
        erase: 'delete',
      },
      consents: {
        system: ['id'],
        fields: { customer_id: 'owned-by', topic: 'user.privacy_preferences' },
        erase: 'delete',
      },
      notes: {
        system: ['id'],
        fields: { customer_id: 'owned-by', author_id: 'mentions', body: 'user.content.private' },
        erase: 'delete',
      },
    },
  },
  billing: {
    engine: 'mysql',
    sql: [
      'create table invoices (id int primary key, customer_id int not null, billed date not null, phone varchar(40), amount int)',
      'create table invoice_rows (id int primary key, invoice_id int not null references invoices (id), product varchar(60))',
      'create table orders (id int primary key, customer_id int not null, phone varchar(40), note varchar(100))',
    ],
    rows: {
      invoices: [
        `1, 1, '2025-03-01', '${OLD_PHONE}', 100`,
        `2, 1, '2015-03-01', '${OLD_PHONE}', 200`,
        "3, 2, '2025-03-01', '070-1740699', 300",
      ],
      invoice_rows: ["1, 1, 'lamp'", "2, 1, 'bulb'", "3, 2, 'chair'", "4, 3, 'table'"],
      orders: [`1, 1, '${OLD_PHONE}', 'ring first'`, "2, 2, '070-1740699', 'leave it there'"],
    },
    keys: { invoices: 'id', invoice_rows: 'id', orders: 'id' },
    collections: {
      invoices: {
        system: ['id'],
        fields: {
          customer_id: { references: 'crm.customers.id', relation: 'owned-by' },
          phone: { ...phone, of: 'customer_id' },
          ...{ billed: 'user.financial', amount: 'user.financial' },
        },
        erase: 'delete',
        retain: {
          ground: 'legal-obligation',
          law: 'Bokföringslag (1999:1078) 7 kap. 2 §',
          until: { field: 'billed', calendarYearsAfterFiscalYear: 7 },
          mask: ['phone'],
        },
      },
      invoice_rows: {
        system: ['id'],
        fields: { invoice_id: 'owned-by', product: 'user.behavior.purchase_history' },
        erase: 'as-owner',
      },
      orders: {
        system: ['id'],
        fields: {
          customer_id: { references: 'crm.customers.id', relation: 'owned-by' },
          phone: { ...phone, of: 'customer_id' },
          note: 'user.content.private',
        },
        erase: 'delete',
      },
    },
  },
  support: {
    engine: 'sqlite',
    sql: [
      'create table accounts (id integer primary key, customer_id int not null, login varchar(60) not null, open int not null)',
      'create table tickets (id integer primary key, customer_id int not null, phone varchar(40), body varchar(200))',
      'create table messages (id integer primary key, ticket_id int not null references tickets (id), body varchar(200))',
      'create table logs (id integer primary key, email varchar(100), seen varchar(100) not null, at varchar(30))',
    ],
    rows: {
      accounts: ["1, 1, 'anna', 1", "2, 2, 'bo', 1"],
      tickets: [
        `1, 1, '${OLD_PHONE}', 'Hej, ${ANNA} här'`,
        `2, 1, '${OLD_PHONE}', 'igen'`,
        "3, 2, '070-1740699', 'hej'",
      ],
      messages: ["1, 1, 'vi ringer'", "2, 2, 'tack'", "3, 3, 'tack'"],
      logs: [
        `1, '${ANNA}', 'Anna Ek', '2026-01-01'`,
        `2, '${ANNA}', 'Anna Ek', '2026-01-02'`,
        "3, 'bo@example.se', 'Bo Alm', '2026-01-03'",
      ],
    },
    keys: { accounts: 'id', tickets: 'id', messages: 'id', logs: 'id' },
    collections: {
      accounts: {
        disable: { open: 0 },
        system: ['id'],
        fields: {
          customer_id: { references: 'crm.customers.id', relation: 'owned-by' },
          login: 'user.account.username',
        },
        erase: 'delete',
      },
      tickets: {
        system: ['id'],
        fields: {
          customer_id: { references: 'crm.customers.id', relation: 'owned-by' },
          phone: { ...phone, of: 'customer_id' },
          body: { category: 'user.content.private', freetext: true, mask: 'redact' },
        },
        erase: 'mask',
      },
      messages: {
        system: ['id'],
        fields: { ticket_id: 'owned-by', body: 'user.content.private' },
        erase: 'delete',
      },
      logs: {
        system: ['id', 'at'],
        fields: { email, seen: { category: 'user.name', mask: 'pseudonym' } },
        erase: 'mask',
      },
    },
  },
};

/** What every change of a row writes down, within its own transaction: nothing may be changed twice. */
export function auditing(engine: Engine, table: string, key: string): readonly string[] {
  const ops = ['insert', 'update', 'delete'] as const;
  const row = (op: string) => (op === 'delete' ? 'old' : 'new');
  if (engine === 'postgres')
    return ops.map(
      (op) =>
        `create trigger audit_${table}_${op} after ${op} on ${table} for each row execute function note_change('${key}')`,
    );
  const body = (op: string) =>
    `insert into audit (tbl, op, k) values ('${table}', '${op}', ${row(op)}.${key})`;
  return ops.map((op) =>
    engine === 'mysql'
      ? `create trigger audit_${table}_${op} after ${op} on ${table} for each row ${body(op)}`
      : `create trigger audit_${table}_${op} after ${op} on ${table} for each row begin ${body(op)}; end`,
  );
}

/** Before the tables' triggers. `at`: for nobody but who looks for what went wrong. */
export function auditTable(engine: Engine): readonly string[] {
  if (engine !== 'postgres') return ['create table audit (tbl varchar(40), op varchar(10), k varchar(40))'];
  return [
    'create table audit (tbl varchar(40), op varchar(10), k varchar(40))',
    `create function note_change() returns trigger language plpgsql as $$
     begin
       insert into audit values (tg_table_name, lower(tg_op),
         case when tg_op = 'DELETE' then to_jsonb(old) ->> tg_argv[0] else to_jsonb(new) ->> tg_argv[0] end);
       return null;
     end $$`,
  ];
}
