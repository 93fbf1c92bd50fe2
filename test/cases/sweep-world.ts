import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { withBooks } from '../../src/case/ledger-work.js';
import { recordEvent } from '../../src/case/request/event.js';
import { requestSettings } from '../../src/case/request/rules.js';
import { contextOf } from '../case/workspace-support.js';
import type { Engine } from '../harness/engines.js';
import { type CaseSource, type CaseWorkspace, caseWorkspace } from './workspace.js';

const email = { category: 'user.contact.email', identifier: 'email' };

/** Kept for so many years from its date. */
export const kept = (years: number, field = 'invoice_date') => ({
  ground: 'legal-obligation',
  law: 'Bokföringslag (1999:1078) 7 kap. 2 §',
  until: { field, plus: { years } },
});

/** Anna has one invoice of 2025-05-01, kept for seven years, with two lines; Bo has one of 2026-01-10. */
export const shop: CaseSource = {
  sql: [
    `create table customers (id int primary key, email varchar(100), name varchar(100), personnummer varchar(20))`,
    `create table invoices (id int primary key, customer_id int not null, invoice_date date, total int, note varchar(50),
       foreign key (customer_id) references customers (id))`,
    `create table invoice_lines (id int primary key, invoice_id int not null, text varchar(50),
       foreign key (invoice_id) references invoices (id))`,
    'create table letters (id int primary key, customer_id int, text varchar(50), foreign key (customer_id) references customers (id))',
    `insert into customers values (1, 'anna@example.se', 'Anna Lind', '199006022397'), (2, 'bo@example.se', 'Bo', '198501012382'),
       (3, 'eva@example.se', 'Eva', '194408139089')`,
    `insert into invoices values (10, 1, '2025-05-01', 100, 'ring Anna'), (20, 2, '2026-01-10', 200, null), (30, 3, '2025-05-01', 300, null)`,
    `insert into invoice_lines values (100, 10, 'skor'), (101, 10, 'strumpor'), (200, 20, 'hatt'), (300, 30, 'kappa')`,
    `insert into letters values (1, 1, 'hej'), (2, 2, 'hej')`,
  ],
  collections: {
    customers: {
      subject: 'customer',
      system: ['id'],
      fields: {
        email,
        name: 'user.name',
        personnummer: {
          category: 'user.government_id.national_identification_number',
          identifier: 'personnummer',
        },
      },
      erase: 'delete',
    },
    invoices: {
      system: ['id', 'total'],
      fields: {
        customer_id: 'owned-by',
        invoice_date: 'user.financial',
        note: { category: 'user.content.private', mask: 'null' },
      },
      erase: 'delete',
      retain: { ...kept(7), mask: ['note'] },
    },
    invoice_lines: {
      system: ['id'],
      fields: { invoice_id: 'owned-by', text: 'user.content' },
      erase: 'as-owner',
    },
    letters: { system: ['id'], fields: { customer_id: 'owned-by', text: 'user.content' }, erase: 'delete' },
  },
};

/** The shop and what else is given, on the day of the erasures. */
export async function shopAt(
  engine: Engine,
  more: Readonly<Record<string, CaseSource>> = {},
  crm: CaseSource = shop,
): Promise<CaseWorkspace> {
  const world = await caseWorkspace(engine, { crm, ...more });
  setDay(world, '2026-11-26');
  return world;
}

/** Noon of a civil day. */
export function setDay(world: CaseWorkspace, day: string): void {
  world.env.DSR_NOW = `${day}T11:00:00Z`;
}

/** The shop's source with some collections said otherwise. */
export function shopWith(sql: readonly string[], collections: Readonly<Record<string, unknown>>): CaseSource {
  return { ...shop, sql: [...shop.sql, ...sql], collections: { ...shop.collections, ...collections } };
}

/** What is owed, as it stands in work.db: `crm.invoices own 2032-05-01 R-2026-0001`. */
export function owed(world: CaseWorkspace): readonly string[] {
  const work = new Database(join(world.folder, '.dsr', 'work.db'), { readonly: true });
  try {
    const rows = work
      .prepare('select collection, role, until, request from obligations order by 1, 2, 3, 4')
      .all() as readonly Readonly<Record<string, string>>[];
    return rows.map(({ collection, role, until, request }) => `${collection} ${role} ${until} ${request}`);
  } finally {
    work.close();
  }
}

/** work.db and what is not yet merged into it, as it lies on the disk. */
export function workBytes(world: CaseWorkspace): string {
  return ['', '-wal', '-journal']
    .map((ending) => join(world.folder, '.dsr', `work.db${ending}`))
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file).toString('latin1'))
    .join('\n');
}

/** Names of the plans that are kept. */
export function openPlans(world: CaseWorkspace): readonly string[] {
  return readdirSync(join(world.folder, '.dsr', 'plans'));
}

/** Answers and closes every request that runs, which purges it. */
export async function closeRequests(world: CaseWorkspace): Promise<void> {
  const now = new Date(world.env.DSR_NOW ?? '');
  const context = contextOf(world.folder, { env: world.env, now });
  const rules = requestSettings(context);
  await withBooks(context, (books) => {
    for (const { request } of [...books.work.requests()]) {
      for (const event of ['answered', 'closed'] as const) recordEvent(context, books, rules, request, event);
    }
  });
}
