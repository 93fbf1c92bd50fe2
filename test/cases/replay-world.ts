import type { Engine } from '../harness/engines.js';
import { type CaseWorkspace, caseWorkspace } from './workspace.js';

export const NOW = '2026-11-26T09:00:00Z';
/** Before anything was erased. */
export const BACKUP = '2026-11-20';

export const ANNA = ['anna@example.se', '199006022397', 'Anna Alm', '0701740605'] as const;
export const BO = ['bo@example.com', '198501012382', 'Bo Ek'] as const;
export const EVA = ['eva@example.se', '197602292380', 'Eva Asp'] as const;

const TABLES = [
  'create table customers (id int primary key, name varchar(40), email varchar(60), personnummer varchar(20))',
  'create table addresses (id int primary key, customer_id int not null references customers (id), email varchar(60))',
  `create table invoices (id int primary key, customer_id int not null references customers (id), invoice_date date not null,
     billing_name varchar(40), phone varchar(20))`,
  'create table notes (id int primary key, customer_id int not null references customers (id), body varchar(200))',
  'create table visits (id int primary key, email varchar(60), page varchar(40))',
];

/** As the backup holds them. */
const ROWS = [
  `insert into customers values (1, 'Anna Alm', 'Anna@Example.se', '900602-2397'), (2, 'Bo Ek', 'bo@example.com', '19850101-2382'),
     (3, 'Eva Asp', 'eva@example.se', '760229-2380')`,
  "insert into addresses values (1, 1, 'anna.alm@example.com'), (2, 2, 'bo.ek@example.se'), (3, 3, 'eva.asp@example.com')",
  "insert into invoices values (1, 1, '2025-05-01', 'Anna Alm', '0701740605'), (2, 3, '2025-06-01', 'Eva Asp', '0701740606')",
  "insert into notes values (1, 1, 'ringde'), (2, 2, 'skrev'), (3, 3, 'kom')",
  "insert into visits values (1, 'anna@example.se', '/'), (2, 'bo@example.com', '/'), (3, 'eva@example.se', '/')",
];

const COLLECTIONS = {
  customers: {
    subject: 'customer',
    system: ['id'],
    fields: {
      name: 'user.name',
      email: { category: 'user.contact.email', identifier: 'email' },
      personnummer: {
        category: 'user.government_id.national_identification_number',
        identifier: 'personnummer',
      },
    },
    erase: 'delete',
  },
  addresses: {
    system: ['id'],
    fields: {
      customer_id: 'owned-by',
      email: { category: 'user.contact.email', identifier: 'email', of: 'customer_id' },
    },
    erase: 'delete',
  },
  invoices: {
    system: ['id'],
    fields: {
      customer_id: 'owned-by',
      invoice_date: 'user.financial',
      billing_name: 'user.name',
      phone: 'user.contact.phone_number',
    },
    erase: 'delete',
    retain: {
      ground: 'legal-obligation',
      law: 'Bokföringslag (1999:1078) 7 kap. 2 §',
      until: { field: 'invoice_date', calendarYearsAfterFiscalYear: 7 },
      mask: ['phone'],
    },
  },
  notes: { system: ['id'], fields: { customer_id: 'owned-by', body: 'user.content' }, erase: 'delete' },
  visits: {
    system: ['id', 'page'],
    fields: { email: { category: 'user.contact.email', identifier: 'email' } },
    erase: 'delete',
  },
};

export interface ReplayWorld extends CaseWorkspace {
  /** Everything as the backup holds it; what came since is gone. */
  restore(): Promise<void>;
  exec(sql: string): Promise<void>;
}

/** Three customers with what hangs on them, of whom one has an invoice that the law keeps. */
export async function replayWorld(
  engine: Engine,
  collections: Readonly<Record<string, unknown>> = {},
): Promise<ReplayWorld> {
  const world = await caseWorkspace(
    engine,
    { crm: { sql: [...TABLES, ...ROWS], collections: { ...COLLECTIONS, ...collections } } },
    {
      controller: {
        name: 'Onefin AB',
        contact: 'contact@example.com',
        authority: { name: 'IMY', url: 'https://www.imy.se' },
        country: 'SE',
        timezone: 'Europe/Stockholm',
        language: 'sv',
        fiscalYearEnd: '12-31',
      },
    },
  );
  world.env.DSR_NOW = NOW;
  const exec = async (sql: string) => {
    await world.databases.crm?.exec(sql);
  };
  return {
    ...world,
    exec,
    async restore() {
      for (const table of ['visits', 'notes', 'invoices', 'addresses', 'customers']) {
        await exec(`delete from ${table}`);
      }
      for (const statement of ROWS) await exec(statement);
    },
  };
}
