import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectorEntries } from '../../connectors/index.js';
import { buildLandscape, databases } from '../../src/demo/landscape.js';
import { scenesOf } from '../../src/demo/story.js';
import { type Call, dsr } from '../support/terminal.js';

const folder = mkdtempSync(join(tmpdir(), 'dsr-demo-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const call = (argv: readonly string[], cwd: string, stdin?: string): Promise<Call> =>
  dsr(argv, { entries: connectorEntries, cwd, ...(stdin === undefined ? {} : { stdin }) });

const scenes = scenesOf(2026);

/** What there is of the three in the databases, told by what is not to be told of them. */
const personal = [
  ...[
    'Anna Lindqvist',
    'anna.lindqvist@example.se',
    'anna.privat@example.com',
    '199006022397',
    '900602-2397',
  ],
  ...['erik.sandberg', 'Sandberg', '194408139089', 'K-1002', 'sara.nystrom', '198501012382', '070-1740655'],
  ...['070-174 06 05', '+46701740605', '0701740605', 'K-1001', 'annal', 'c-8f14e45fceea', 'Exempelgatan'],
];

function reading<T>(file: string, read: (database: Database.Database) => T): T {
  const database = new Database(file, { readonly: true });
  try {
    return read(database);
  } finally {
    database.close();
  }
}

describe('dsr demo', () => {
  let told: Call;
  beforeAll(async () => {
    told = await call(['demo'], folder);
  }, 120_000);

  const dir = join(folder, 'dsr-demo');
  const rows = (name: string, sql: string): readonly unknown[] =>
    reading(join(dir, 'data', `${name}.db`), (database) => database.prepare(sql).all());
  /** Every value of a database, as text. */
  const cells = (name: string): readonly string[] =>
    reading(join(dir, 'data', `${name}.db`), (database) =>
      database
        .prepare("select name from sqlite_schema where type = 'table'")
        .pluck()
        .all()
        .flatMap((table) =>
          database
            .prepare(`select * from "${String(table)}"`)
            .raw()
            .all()
            .flat(2)
            .map(String),
        ),
    );

  it('tells its story to the end, and asks nothing', () => {
    expect(told.stderr).not.toContain('dsr:');
    expect(told.code).toBe(0);
    for (const { title } of scenes) expect(told.stdout).toContain(title);
    expect(told.stdout).toMatch(/Extract +anna\.zip/);
    expect(told.stdout).toContain('The ledger verifies');
  });

  it('leaves a workspace to go on in, with the extract', async () => {
    expect(existsSync(join(dir, 'anna.zip'))).toBe(true);
    expect(readdirSync(join(dir, '.dsr', 'tmp'))).toEqual([]);
    expect((await call(['doctor'], dir)).code).toBe(0);
  });

  it('corrected Anna’s number in each place’s own form', () => {
    expect(rows('crm', 'select phone from customers where id = 1')).toEqual([{ phone: '070-174 06 55' }]);
    expect(rows('crm', 'select phone from leads where id = 1')).toEqual([{ phone: '0701740655' }]);
  });

  it('kept of Erik what the law keeps, what is shared, and nothing else', () => {
    expect(told.stdout).toMatch(/billing\.invoices +kept +1 +legal-obligation until 2033-01-01/);
    expect(rows('billing', 'select amount, billing_email from invoices where id = 7003')).toEqual([
      { amount: 299, billing_email: null },
    ]);
    expect(rows('billing', 'select count(*) as lines from invoice_lines where invoice_id = 7003')).toEqual([
      { lines: 1 },
    ]);
    expect(rows('crm', 'select street from addresses where id = 1')).toEqual([{ street: 'Exempelgatan 4' }]);
    const left = databases.flatMap(({ name }) => cells(name));
    for (const value of ['erik.sandberg@example.se', '194408139089', '+46 70 174 06 11', 'esandberg']) {
      expect(left).not.toContain(value);
    }
    // only on the invoice, whose name the law keeps
    expect(left.filter((value) => /erik sandberg/i.test(value))).toEqual(['Erik Sandberg']);
  });

  it('lost no ticket and no note with the support contact, but for Erik’s own', () => {
    expect(rows('crm', 'select id, employee_id from tickets order by id')).toEqual(
      [1, 2, 4].map((id) => ({ id, employee_id: null })),
    );
    expect(rows('crm', 'select id, author_email from notes order by id')).toEqual(
      [1, 2].map((id) => ({ id, author_email: null })),
    );
    expect(rows('hr', 'select id from employees')).toEqual([{ id: 2 }]);
  });

  it('has a ledger without anything of anybody in it', () => {
    const state = join(folder, 'dsr-demo', '.dsr');
    for (const name of readdirSync(state).filter((file) => file.startsWith('ledger'))) {
      const bytes = readFileSync(join(state, name)).toString('latin1').toLowerCase();
      for (const value of personal) expect(bytes).not.toContain(value.toLowerCase());
    }
  });

  it('with --json is a document, and runs the same', async () => {
    const { code, stdout } = await call(['demo', 'quiet', '--json'], folder);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      dir: join(folder, 'quiet'),
      scenes: scenes.map(({ title, code: expected }) => ({ title, code: expected })),
    });
  }, 120_000);
});

interface Counts {
  readonly collection: string;
  readonly own: number;
  readonly shared: number;
  readonly mentions: number;
  readonly candidates: number;
}
interface Document {
  readonly complete: boolean;
  readonly collections: readonly Counts[];
  readonly subject: { readonly identifiers: readonly { readonly type: string; readonly value: string }[] };
  readonly decisions: readonly { readonly id: string; readonly collection: string; readonly key: unknown }[];
  readonly records?: readonly { readonly collection: string; readonly key: { readonly id: number } }[];
}

describe('the people of the demo', () => {
  const dir = join(folder, 'people');
  beforeAll(async () => {
    mkdirSync(dir);
    await buildLandscape(dir);
  });

  async function find(...argv: readonly string[]): Promise<Document & { readonly code: number }> {
    const { code, stdout } = await call(['find', '--json', ...argv], dir);
    return { ...(JSON.parse(stdout) as Document), code };
  }
  const hits = ({ collections }: Document) =>
    Object.fromEntries(
      collections
        .filter(({ own, shared, mentions, candidates }) => own + shared + mentions + candidates > 0)
        .map(({ collection, own, shared, mentions, candidates }) => [
          collection,
          [own, shared, mentions, candidates],
        ]),
    );

  it('Anna is found across five databases, from one address', async () => {
    const anna = await find('anna.lindqvist@example.se', '--records');
    expect(anna.code).toBe(0);
    expect(hits(anna)).toEqual({
      'crm.customers': [1, 0, 0, 0],
      'crm.addresses': [0, 1, 0, 0],
      'crm.contact_emails': [1, 0, 0, 0],
      'crm.users': [1, 0, 0, 0],
      'crm.tickets': [2, 0, 0, 0],
      'crm.notes': [1, 0, 0, 0],
      'billing.invoices': [2, 0, 0, 0],
      'billing.invoice_lines': [3, 0, 0, 0],
      'billing.payments': [2, 0, 0, 0],
      'billing.cards': [1, 0, 0, 0],
      'newsletter.subscribers': [1, 0, 0, 0],
      'newsletter.opens': [2, 0, 0, 0],
      'web.visits': [2, 0, 0, 0],
      'web.page_views': [3, 0, 0, 0],
    });
    // the card is her own, not the one of Erik's that paid an invoice of hers
    expect(anna.records?.filter(({ collection }) => collection === 'billing.cards')).toMatchObject([
      { key: { id: 1 } },
    ]);
    expect(anna.subject.identifiers.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['email', 'personnummer', 'customer_no', 'username', 'cookie_id']),
    );
  });

  it('her phone number alone makes nobody hers: a decision, answered on the command line', async () => {
    const who = ['anna.lindqvist@example.se', 'phone=070-1740605'];
    const asked = await find(...who);
    expect(asked.code).toBe(4);
    expect(asked.decisions).toMatchObject([{ id: 'D1', collection: 'crm.leads', key: { id: 1 } }]);
    expect(hits(asked)['crm.leads']).toEqual([0, 0, 0, 1]);

    const accepted = await find('--accept', 'D1', ...who);
    expect(accepted.code).toBe(0);
    expect(hits(accepted)).toMatchObject({ 'crm.leads': [1, 0, 0, 0], 'crm.notes': [2, 0, 0, 0] });

    const rejected = await find('--reject', 'all', '--', ...who);
    expect(rejected.code).toBe(0);
    expect(hits(rejected)['crm.leads']).toBeUndefined();
  });

  it('her colleague is found, and named by her record without being her', async () => {
    const karin = await find('personnummer=197602292380');
    expect(hits(karin)).toMatchObject({ 'crm.customers': [1, 0, 1, 0], 'crm.tickets': [1, 0, 0, 0] });
  });

  it('the support contact of everybody has a row of her own, and mentions', async () => {
    const sara = await find('sara.nystrom@example.se');
    expect(hits(sara)).toEqual({
      'crm.tickets': [0, 0, 4, 0],
      'crm.notes': [0, 0, 3, 0],
      'hr.employees': [1, 0, 0, 0],
    });
  });

  it('nobody is an answer', async () => {
    const nobody = await find('nobody@example.com');
    expect(nobody.code).toBe(0);
    expect(nobody.complete).toBe(true);
    expect(hits(nobody)).toEqual({});
  });

  it('identifiers come from standard input, one a line', async () => {
    const { code, stdout } = await call(
      ['find', '-', '--json'],
      dir,
      '\ufeffANNA.Lindqvist@Example.SE\r\n\n',
    );
    expect(code).toBe(0);
    expect(hits(JSON.parse(stdout) as Document)).toHaveProperty(['billing.invoices']);
  });

  it('a shared mailbox is nobody', async () => {
    const { code, stderr } = await call(['find', 'faktura@example.com'], dir);
    expect(code).toBe(2);
    expect(stderr).not.toContain('faktura@example.com');
  });
});
