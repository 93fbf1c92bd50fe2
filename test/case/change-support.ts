import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { parse, stringify } from 'yaml';
import { applySaved } from '../../src/case/change/apply-plan.js';
import type { ChangeResult, EraseInput, Proposal, RectifyInput } from '../../src/case/change/change.js';
import { eraseSubject } from '../../src/case/change/erase.js';
import { rectifySubject } from '../../src/case/change/rectify.js';
import type { Context } from '../../src/case/context.js';
import { withBooks } from '../../src/case/ledger-work.js';
import { entryOf } from '../../src/ledger/ledger.js';
import { TOLD } from '../support/information.js';
import { contextOf, folder } from './workspace-support.js';

/** Two people in two SQLite files: Anna (1), with an invoice that the law keeps, and Bo (2). */
const CRM = `
create table customers (
  id integer primary key, name text, email text unique, personnummer text, active integer not null);
create table notes (id integer primary key, customer_id integer not null references customers (id), text text);
create table tickets (
  id integer primary key, customer_id integer not null references customers (id), contact_id integer references customers (id), title text);
insert into customers values
  (1, 'Anna Lind', 'anna@example.se', '199006022397', 1), (2, 'Bo Ek', 'bo@example.se', '198501012382', 1);
insert into notes values (1, 1, 'called about the bill'), (2, 2, 'wants a demo');
insert into tickets values (1, 1, null, 'login'), (2, 2, 1, 'printer');
`;

const BILLING = `
create table invoices (
  id integer primary key, customer_email text, invoice_date text, amount integer not null, phone text);
insert into invoices values
  (10, 'anna@example.se', '2026-02-01', 900, '070-1740605'), (20, 'bo@example.se', '2026-02-01', 300, '070-1740699');
`;

const RETAINED = {
  ground: 'legal-obligation',
  law: 'Bokföringslag (1999:1078) 7 kap. 2 §',
  until: { field: 'invoice_date', calendarYearsAfterFiscalYear: 7 },
  mask: ['phone'],
};

const SOURCES = {
  crm: {
    connector: 'sqlite',
    connection: 'crm.db',
    information: TOLD,
    collections: {
      customers: {
        subject: 'customer',
        disable: { active: 0 },
        system: ['id', 'active'],
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
      notes: {
        system: ['id'],
        fields: { customer_id: 'owned-by', text: 'user.content.private' },
        erase: 'delete',
      },
      tickets: {
        system: ['id', 'title'],
        fields: { customer_id: 'owned-by', contact_id: 'mentions' },
        erase: 'delete',
      },
    },
  },
  billing: {
    connector: 'sqlite',
    connection: 'billing.db',
    information: TOLD,
    collections: {
      invoices: {
        system: ['id', 'amount'],
        fields: {
          customer_email: { category: 'user.contact.email', identifier: 'email' },
          invoice_date: 'user.financial',
          phone: 'user.contact.phone_number',
        },
        erase: 'delete',
        retain: RETAINED,
      },
    },
  },
};

export interface ChangeWorkspace {
  readonly dir: string;
  readonly context: Context;
  /** What was shown, in order. */
  readonly shown: readonly Proposal[];
  erase(more?: Partial<EraseInput>): Promise<ChangeResult>;
  rectify(set: RectifyInput['set'], more?: Partial<RectifyInput>): Promise<ChangeResult>;
  apply(file: string, confirm?: () => Promise<boolean>): Promise<ChangeResult>;
  /** Statements on one of the sources, from outside. */
  exec(source: 'crm' | 'billing', sql: string): void;
  rows(source: 'crm' | 'billing', table: string): readonly Record<string, unknown>[];
  /** Everything that both sources hold. */
  dump(): unknown;
  /** Kind and what tells it apart, of every entry of the ledger but the first. */
  entries(): Promise<readonly string[]>;
  /** A file of `.dsr`, as text. */
  state(name: string): string;
  plans(): readonly string[];
  /** Changes the map on the disk; what `edit` is given is dsr.yaml as an object. */
  editMap(edit: (map: EditedMap) => void): void;
}

export interface EditedMap {
  controller: Record<string, unknown>;
  sources: Record<string, { collections: Record<string, EditedCollection> }>;
}

interface EditedCollection {
  [key: string]: unknown;
  fields: Record<string, unknown>;
  system: string[];
}

export function changeWorkspace(
  policy: Readonly<Record<string, unknown>> = {},
  given: {
    readonly signal?: AbortSignal;
    readonly report?: Context['report'];
    readonly boundary?: Context['boundary'];
  } = {},
): ChangeWorkspace {
  const map = {
    version: 1,
    controller: {
      name: 'Onefin AB',
      contact: 'contact@example.com',
      authority: { name: 'IMY', url: 'https://www.imy.se' },
      country: 'SE',
      timezone: 'Europe/Stockholm',
      language: 'sv',
      fiscalYearEnd: '12-31',
    },
    policy,
    sources: SOURCES,
  };
  const dir = folder(stringify(map));
  const exec = (source: string, sql: string) => {
    const db = new Database(join(dir, `${source}.db`));
    try {
      db.exec(sql);
    } finally {
      db.close();
    }
  };
  exec('crm', CRM);
  exec('billing', BILLING);
  const context: Context = {
    ...contextOf(dir, { now: new Date('2026-11-25T09:00:00Z') }),
    ...given,
  };
  const shown: Proposal[] = [];
  const common = {
    identifiers: ['email=anna@example.se'],
    request: null,
    accept: [],
    reject: [],
    dryRun: false,
    planOut: null,
    show: async (proposal: Proposal) => {
      shown.push(proposal);
    },
    confirm: async () => true,
  };
  const rows = (source: string, table: string) => {
    const db = new Database(join(dir, `${source}.db`), { readonly: true });
    try {
      return db.prepare(`select * from ${table} order by 1`).all() as Record<string, unknown>[];
    } finally {
      db.close();
    }
  };
  return {
    dir,
    context,
    shown,
    erase: (more = {}) => eraseSubject(context, { ...common, reason: null, extract: null, ...more }),
    rectify: (set, more = {}) => rectifySubject(context, { ...common, set, ...more }),
    apply: (file, confirm = async () => true) =>
      applySaved(context, { file, dryRun: false, show: common.show, confirm }),
    exec,
    rows,
    dump: () => ({
      customers: rows('crm', 'customers'),
      notes: rows('crm', 'notes'),
      tickets: rows('crm', 'tickets'),
      invoices: rows('billing', 'invoices'),
    }),
    entries: () =>
      withBooks(context, ({ ledger }) =>
        [...ledger.links()].slice(1).map((link) => {
          const entry = entryOf(link);
          switch (entry.kind) {
            case 'intent':
              return `intent ${entry.action}${entry.plan === null ? '' : ' plan'}`;
            case 'find':
              return `find ${entry.outcome}${entry.failure === null ? '' : ` ${entry.failure}`}`;
            case 'outcome':
              return `outcome ${entry.source} ${entry.outcome}${entry.failure === null ? '' : ` ${entry.failure}`}`;
            case 'verification':
              return `verification ${entry.residual}`;
            case 'state':
              return `state ${entry.event}`;
            case 'decision':
              return `decision ${entry.about} ${entry.answer}`;
            case 'export':
              return `export ${entry.outcome}`;
            default:
              return entry.kind;
          }
        }),
      ),
    state: (name) => readFileSync(join(dir, '.dsr', name)).toString('latin1'),
    plans: () => readdirSync(join(dir, '.dsr', 'plans')),
    editMap(edit) {
      const file = join(dir, 'dsr.yaml');
      const read = parse(readFileSync(file, 'utf8')) as EditedMap;
      edit(read);
      writeFileSync(file, stringify(read));
    },
  };
}
