import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { connectorEntries } from '../../connectors/index.js';
import { type ExportInput, exportExtract } from '../../src/case/extract/export.js';
import { withBooks } from '../../src/case/ledger-work.js';
import { recordEvent } from '../../src/case/request/event.js';
import { requestSettings } from '../../src/case/request/rules.js';
import type { ConnectorFactory } from '../../src/connector/contract.js';
import { DsrError } from '../../src/model/error.js';
import { contextOf } from '../case/workspace-support.js';
import { type CaseWorkspace, caseWorkspace } from './workspace.js';

const email = { category: 'user.contact.email', identifier: 'email' };
const phone = { category: 'user.contact.phone_number', identifier: 'phone' };
const people = { subject: 'customer', system: ['id'], fields: { email, phone }, erase: 'delete' };
const sql = [
  'create table people (id int primary key, email varchar(100), phone varchar(20))',
  `insert into people values (1, 'anna@example.se', '070-174 06 05'), (2, 'bo@example.se', null),
     (3, 'eva@example.se', '070-174 06 05')`,
];

async function workspace(extra: Readonly<Record<string, unknown>> = {}): Promise<CaseWorkspace> {
  const world = await caseWorkspace('sqlite', { crm: { sql, collections: { people } } }, extra);
  onTestFinished(() => world.close());
  return world;
}

type Entry = Readonly<Record<string, unknown>>;

async function ledger(world: CaseWorkspace): Promise<readonly Entry[]> {
  expect((await world.dsr('ledger', 'verify')).code).toBe(0);
  return lines(await world.dsr('ledger', 'list', '--json'));
}

async function requests(world: CaseWorkspace): Promise<readonly Entry[]> {
  return lines(await world.dsr('request', 'list', '--json'));
}

function lines({ stdout }: { readonly stdout: string }): readonly Entry[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Entry);
}

/** The last `count` kinds, and what they came to. */
async function told(world: CaseWorkspace, count: number) {
  return (await ledger(world))
    .slice(-count)
    .map(({ kind, action, outcome, failure, event }) =>
      [kind, action, event, outcome, failure].filter((word) => word !== undefined && word !== null).join(' '),
    );
}

/** The seq of the last intent, and what the last entry says it answers. */
async function answersIntent(world: CaseWorkspace): Promise<void> {
  const entries = await ledger(world);
  const intent = entries.filter(({ kind }) => kind === 'intent').at(-1)?.seq;
  expect(intent).toEqual(expect.any(Number));
  expect(entries.at(-1)?.intent).toBe(intent);
}

const open = (world: CaseWorkspace, ...who: readonly string[]) =>
  world.dsr('request', 'open', '--type', 'export', ...who, '--json');

for (const command of ['find', 'export'] as const) {
  it(`${command}: an identifier that is not the request's is refused, and nothing is booked on the case`, async () => {
    const world = await workspace();
    const { request } = JSON.parse((await open(world, 'anna@example.se')).stdout);
    const before = (await ledger(world)).length;
    const { code, stdout, stderr } = await world.dsr(
      ...[command, 'bo@example.se', '--request', request, '--json'],
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(JSON.parse(stderr).error).toMatchObject({
      kind: 'usage',
      hint: expect.stringMatching(/--request/),
    });
    expect(stderr).not.toContain('bo@');
    expect(await ledger(world)).toHaveLength(before);
    expect(await requests(world)).toMatchObject([{ status: 'open' }]);
    expect(readdirSync(join(world.folder, '.dsr/extracts'))).toEqual([]);
  });
}

it('one identifier of the request, in any spelling, means the person of the request with all they have', async () => {
  const world = await workspace();
  await open(world, 'eva@example.se', 'bo@example.se');
  const [request] = await requests(world);
  const number = String(request?.request);
  const { stdout } = await world.dsr('find', 'EVA@Example.SE', '--request', number, '--json', '--records');
  const answer = JSON.parse(stdout);
  expect(answer.request).toBe(number);
  expect(
    answer.subject.identifiers
      .filter((known: { from: string }) => known.from === 'operator')
      .map((known: { value: string }) => known.value)
      .sort(),
  ).toEqual(['bo@example.se', 'eva@example.se']);
});

it('a look-up is announced and then told, and one that fails says so', async () => {
  const world = await workspace();
  expect((await world.dsr('find', 'anna@example.se')).code).toBe(0);
  expect(await told(world, 2)).toEqual(['intent find', 'find answered']);
  await answersIntent(world);
  expect((await world.dsr('find', 'anna@example.se', '--accept', 'D7')).code).toBe(2);
  expect(await told(world, 2)).toEqual(['intent find', 'find failed usage']);
  await answersIntent(world);
  const [, failed] = (await ledger(world)).slice(-2);
  expect(failed).toMatchObject({ complete: false, collections: {}, subject: [{ type: 'email' }] });
  expect((await world.dsr('ledger', 'list')).stdout).toContain('look-up failed (usage)');
});

it('a look-up that the map stops stands in the ledger as failed', async () => {
  const world = await workspace();
  const file = join(world.folder, 'dsr.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('phone:', 'fone:'));
  expect((await world.dsr('find', 'anna@example.se')).code).toBe(2);
  expect(await told(world, 2)).toEqual(['intent find', 'find failed config']);
});

it('an export that its call makes impossible leaves no request and no file, and says so in the ledger', async () => {
  const world = await workspace();
  const refused = async (...argv: readonly string[]) => {
    const { code, stderr } = await world.dsr('export', 'anna@example.se', ...argv);
    expect(code, stderr).toBe(2);
    expect(await requests(world)).toEqual([]);
  };
  const ground = ['--ground', 'third-party-rights'];
  mkdirSync(join(world.folder, 'folder.zip'));
  writeFileSync(join(world.folder, 'busy.zip.part'), '');
  writeFileSync(join(world.folder, 'file'), '');
  const before = readdirSync(world.folder).sort();
  // Told from the call alone: not even the ledger has anything to tell.
  for (const argv of [
    ['--withhold', 'crm.people:1'],
    ['--withhold', 'crm.people:1', '--ground', 'nonsense'],
    ['--withhold', 'crm.poeple:1', ...ground],
    ground,
    ['-o', join(world.folder, 'nowhere/at/all.zip')],
    ['-o', join(world.folder, 'folder.zip')],
    ['-o', join(world.folder, 'busy.zip')],
    ['-o', join(world.folder, 'file/all.zip')],
    ['-o', join(world.folder, `${'x'.repeat(230)}.zip`)],
  ]) {
    await refused(...argv);
    expect((await ledger(world)).length, argv.join(' ')).toBeLessThanOrEqual(1);
  }
  // Told only by what is found.
  for (const argv of [
    ['--accept', 'D7'],
    ['--withhold', 'crm.people:1,2', ...ground],
    ['--withhold', 'crm.people:2', ...ground],
  ]) {
    await refused(...argv);
    expect(await told(world, 2), argv.join(' ')).toEqual(['intent export', 'export failed usage']);
    await answersIntent(world);
  }
  expect(readdirSync(world.folder).sort()).toEqual([...before, '.dsr'].sort());
  expect(readdirSync(join(world.folder, '.dsr/extracts'))).toEqual([]);
  const right = await world.dsr(
    'export',
    'anna@example.se',
    '--withhold',
    'crm.people:1',
    ...ground,
    '--json',
  );
  expect(right.code, right.stderr).toBe(0);
  expect(await told(world, 4)).toEqual(['intent export', 'state opened', 'state started', 'export written']);
  await answersIntent(world);
  expect(await requests(world)).toMatchObject([{ status: 'in-progress' }]);
});

it('an export with open decisions opens its request, under which the answers are kept', async () => {
  const world = await workspace();
  const first = await world.dsr('export', 'anna@example.se', 'phone=+46701740605', '--json');
  expect(first.code).toBe(4);
  const { request, decisions } = JSON.parse(first.stdout);
  expect(decisions).toHaveLength(1);
  expect(await told(world, 2)).toEqual(['state started', 'export undecided']);
  const second = await world.dsr('export', '--request', request, '--reject', 'all', '--json');
  expect(second.code, second.stderr).toBe(0);
  expect(await told(world, 3)).toEqual(['intent export', 'decision', 'export written']);
  expect((await ledger(world)).at(-2)).toMatchObject({ kind: 'decision', request, answer: 'reject' });
  // Kept: not asked again.
  expect((await world.dsr('export', '--request', request)).code).toBe(0);
});

it('answers given with the export that opens the request are kept under it', async () => {
  const world = await workspace();
  const who = ['anna@example.se', 'phone=+46701740605'];
  expect((await world.dsr('find', ...who)).code).toBe(4);
  const { code, stdout, stderr } = await world.dsr('export', ...who, '--reject', 'D1', '--json');
  expect(code, stderr).toBe(0);
  const { request } = JSON.parse(stdout);
  expect((await ledger(world)).find(({ kind }) => kind === 'decision')).toMatchObject({ request });
  expect((await world.dsr('export', '--request', request)).code).toBe(0);
});

it('policy.identity verified: no extract before the person is identified', async () => {
  const world = await workspace({ policy: { identity: 'verified' } });
  const opening = await world.dsr('export', 'anna@example.se', '--json');
  expect(opening.code).toBe(4);
  expect(JSON.parse(opening.stderr).error).toMatchObject({
    kind: 'decision',
    hint: expect.stringContaining('later version'),
  });
  expect(await requests(world)).toEqual([]);
  expect((await world.dsr('find', 'anna@example.se')).code).toBe(0);
  const { request } = JSON.parse((await open(world, 'anna@example.se')).stdout);
  const happens = (event: 'identifying' | 'identified') => {
    const context = contextOf(world.folder, { env: { CRM_URL: world.databases.crm?.connection ?? '' } });
    return withBooks(context, (books) =>
      recordEvent(context, books, requestSettings(context), request, event),
    );
  };
  const codeOfExport = async () => (await world.dsr('export', '--request', request)).code;
  expect(await codeOfExport()).toBe(4);
  await happens('identifying');
  expect(await codeOfExport()).toBe(4);
  await happens('identified');
  // Doubt came up again.
  await happens('identifying');
  expect(await codeOfExport()).toBe(4);
  expect(readdirSync(join(world.folder, '.dsr/extracts'))).toEqual([]);
  await happens('identified');
  expect(await codeOfExport()).toBe(0);
  expect(readdirSync(join(world.folder, '.dsr/extracts'))).toEqual([`${request}.zip`]);
});

it('an extract that cannot be recorded is not handed out', async () => {
  const world = await workspace();
  const head = join(world.folder, '.dsr/ledger.head');
  const file = join(world.folder, 'anna.zip');
  let kept = '';
  const context = contextOf(world.folder, { env: { CRM_URL: world.databases.crm?.connection ?? '' } });
  const exporting = exportExtract(
    {
      ...context,
      report: (event) => {
        if (event.message !== 'writing the extract') return;
        // From now on the ledger takes no entry.
        kept = readFileSync(head, 'utf8');
        writeFileSync(head, 'not a head\n');
      },
    },
    asking('anna@example.se', file),
  );
  await expect(exporting).rejects.toMatchObject({ kind: 'ledger' });
  expect(kept).not.toBe('');
  expect(readdirSync(world.folder).sort()).toEqual(['.dsr', 'dsr.yaml']);
  writeFileSync(head, kept);
  expect((await told(world, 1))[0]).toBe('state started');
  const again = await world.dsr('export', 'anna@example.se', '-o', file);
  expect(again.code, again.stderr).toBe(0);
});

it('an export says nothing of the records of a source that was described but could not be read', async () => {
  const world = await caseWorkspace('sqlite', {
    crm: { sql, collections: { people } },
    hr: { sql, collections: { people } },
  });
  onTestFinished(() => world.close());
  const both = JSON.parse((await world.dsr('export', 'bo@example.se', '--json')).stdout);
  expect(both.records).toEqual({ 'crm.people': 1, 'hr.people': 1 });
  const sqlite = await connectorEntries.find(({ name }) => name === 'sqlite')?.load();
  if (sqlite === undefined) throw new Error('there is no SQLite connector');
  const unread: ConnectorFactory = {
    ...sqlite,
    name: 'unread',
    async open(options) {
      const reader = () => Promise.reject(new DsrError('transient', 'source hr did not answer'));
      return { ...(await sqlite.open(options)), reader };
    },
  };
  const file = join(world.folder, 'dsr.yaml');
  const written = readFileSync(file, 'utf8');
  const at = written.lastIndexOf('connector: sqlite');
  writeFileSync(
    file,
    `${written.slice(0, at)}connector: unread${written.slice(at + 'connector: sqlite'.length)}`,
  );
  const env = Object.fromEntries(
    Object.entries(world.databases).map(([name, { connection }]) => [
      `${name.toUpperCase()}_URL`,
      connection,
    ]),
  );
  const result = await exportExtract(
    contextOf(world.folder, { env, factories: [unread] }),
    asking('bo@example.se'),
  );
  expect(result.sources).toMatchObject([{ status: 'searched' }, { source: 'hr', status: 'unreachable' }]);
  expect(result.records).toEqual({ 'crm.people': 1 });
});

/** An export of one person, to where `output` says. */
function asking(identifier: string, output: string | null = null): ExportInput {
  return {
    identifiers: [identifier],
    request: null,
    accept: [],
    reject: [],
    output,
    language: null,
    formats: ['json'],
    withhold: [],
    ground: null,
  };
}

it('a lost work file is not taken for no requests: exit 3, and the ledger is named', async () => {
  const world = await workspace();
  await world.dsr('request', 'open', '--type', 'export', '--received', '2026-01-02', 'anna@example.se');
  rmSync(join(world.folder, '.dsr/work.db'));
  const { code, stdout, stderr } = await world.dsr('request', 'list', '--json');
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  expect(stderr).toContain('-0001');
});

it('an operator of two lines, or of none, is a usage error', async () => {
  const world = await workspace();
  for (const operator of ['x\ny', ' ']) {
    expect((await world.dsr('find', 'anna@example.se', '--operator', operator)).code).toBe(2);
  }
});
