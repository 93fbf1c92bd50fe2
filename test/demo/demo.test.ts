import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectorEntries } from '../../connectors/index.js';
import { scenes } from '../../src/demo/story.js';
import { type Call, dsr } from '../support/terminal.js';

const folder = mkdtempSync(join(tmpdir(), 'dsr-demo-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const call = (argv: readonly string[], cwd: string, stdin?: string): Promise<Call> =>
  dsr(argv, { entries: connectorEntries, cwd, ...(stdin === undefined ? {} : { stdin }) });

/** What there is of Anna in the databases, told by what is not to be told of her. */
const personal = [
  ...[
    'Anna Lindqvist',
    'anna.lindqvist@example.se',
    'anna.privat@example.com',
    '199006022397',
    '900602-2397',
  ],
  ...['070-174 06 05', '+46701740605', '0701740605', 'K-1001', 'annal', 'c-8f14e45fceea', 'Exempelgatan'],
];

describe('dsr demo', () => {
  let told: Call;
  beforeAll(async () => {
    told = await call(['demo'], folder);
  }, 60_000);

  it('tells its story to the end, and asks nothing', () => {
    expect(told.stderr).not.toContain('dsr:');
    expect(told.code).toBe(0);
    for (const { title } of scenes) expect(told.stdout).toContain(title);
    expect(told.stdout).toMatch(/Extract +anna\.zip/);
    expect(told.stdout).toContain('The ledger verifies');
  });

  it('leaves a workspace to go on in, with the extract', async () => {
    const dir = join(folder, 'dsr-demo');
    expect(existsSync(join(dir, 'anna.zip'))).toBe(true);
    expect(readdirSync(join(dir, '.dsr', 'tmp'))).toEqual([]);
    expect((await call(['doctor'], dir)).code).toBe(0);
  });

  it('has a ledger without anything of the person in it', () => {
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
  });
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
    await call(['demo', dir, '--json'], folder);
  }, 60_000);

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
