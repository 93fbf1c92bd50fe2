import { describe, expect, it } from 'vitest';
import type { ExportResult } from '../../src/case/extract/export.js';
import type { FindResult } from '../../src/case/search/find.js';
import { createOutput } from '../../src/cli/output.js';
import { printExport } from '../../src/cli/view/export.js';
import { printFind } from '../../src/cli/view/find.js';
import type { LocatedRecord } from '../../src/model/subject.js';
import { recordingIo } from '../support/terminal.js';

const found: FindResult = {
  request: null,
  complete: true,
  incomplete: [],
  warnings: [],
  identifiers: [
    { type: 'email', value: 'anna.lindqvist@example.se', strength: 'strong', from: 'operator' },
    { type: 'personnummer', value: '199006022397', strength: 'strong', from: 'crm.customers.personnummer' },
  ],
  collections: [
    { collection: 'crm.customers', own: 1, mentions: 0, shared: 0, candidates: 0 },
    { collection: 'crm.leads', own: 0, mentions: 0, shared: 0, candidates: 1 },
    { collection: 'hr.employees', own: 0, mentions: 0, shared: 0, candidates: 0 },
  ],
  sources: [
    { source: 'crm', status: 'searched' },
    { source: 'hr', status: 'searched' },
  ],
  decisions: [],
  keyFields: { 'crm.customers': ['id'], 'crm.leads': ['list', 'nr'] },
  records: null,
  close: async () => undefined,
};

const candidate = {
  id: 'D1',
  kind: 'candidate',
  collection: 'crm.leads',
  key: ['fair\u001b[2J', 9_007_199_254_740_993n],
  why: 'the same phone number',
} as const;

async function told(
  result: FindResult,
  flags: { readonly json?: boolean } = {},
  again: readonly string[] = ['dsr', 'find', 'anna.lindqvist@example.se'],
) {
  const { io, stdout, stderr } = recordingIo();
  const output = await createOutput(io, { json: flags.json ?? false, quiet: false, color: true });
  await printFind(output, result, again);
  return { stdout: stdout(), stderr: stderr() };
}

const records: readonly LocatedRecord[] = [
  { collection: 'crm.customers', key: [1], role: 'own', via: ['email'] },
  { collection: 'crm.leads', key: ['fair', 9], role: 'candidate', via: ['phone'] },
];

describe('the answer as JSON', () => {
  it('has the shape of the contract', async () => {
    const { stdout } = await told({ ...found, decisions: [candidate] }, { json: true });
    expect(JSON.parse(stdout)).toEqual({
      request: null,
      complete: true,
      incomplete: [],
      warnings: [],
      subject: { identifiers: found.identifiers },
      collections: found.collections,
      sources: found.sources,
      decisions: [{ ...candidate, key: { list: 'fair\u001b[2J', nr: '9007199254740993' } }],
    });
  });

  it('with --records tells each, in a document that is one', async () => {
    for (const some of [records, records.slice(0, 1), []]) {
      const { stdout } = await told({ ...found, records: some }, { json: true });
      expect(JSON.parse(stdout)).toMatchObject({
        decisions: [],
        records: some.map(({ key, ...rest }) => ({
          ...rest,
          key: key.length === 1 ? { id: 1 } : { list: 'fair', nr: 9 },
        })),
      });
    }
  });

  it('streams: a hundred thousand records are not held', async () => {
    let given = 0;
    const many = function* (): Generator<LocatedRecord> {
      for (; given < 100_000; given++)
        yield { collection: 'crm.customers', key: [given], role: 'own', via: ['email'] };
    };
    const { io, stdout } = recordingIo({ stopAfter: 3 });
    const output = await createOutput(io, { json: true, quiet: false, color: true });
    await printFind(output, { ...found, records: many() }, []);
    // the reader of the pipe went away after three writes, and so did the search
    expect(given).toBeLessThan(1_000);
    expect(stdout()).toContain('"records": [');
  });
});

describe('the answer for a person', () => {
  it('says how much was found, who it is, and where', async () => {
    const { stdout } = await told(found);
    expect(stdout).toContain('2 records in 2 collections of 1 source.');
    expect(stdout).toMatch(/personnummer +199006022397 +from crm\.customers\.personnummer/);
    expect(stdout).toMatch(/crm\.leads +· +· +· +1\n/);
    expect(stdout).toMatch(/Searched, nothing found\n +hr\.employees/);
  });

  it('that nothing was found is an answer, unless not everything was searched', async () => {
    const nothing = { ...found, collections: found.collections.slice(2) };
    expect((await told(nothing)).stdout).toContain('No data found about this person in 2 sources.');
    const partly: FindResult = {
      ...nothing,
      complete: false,
      incomplete: ['hr was not searched: it did not answer'],
      sources: [
        { source: 'crm', status: 'searched' },
        { source: 'hr', status: 'unreachable', error: 'it did not answer' },
      ],
    };
    const { stdout } = await told(partly);
    expect(stdout).toContain(
      'No data found about this person in what was searched, which is not everything.',
    );
    expect(stdout).toMatch(/Incomplete\n +- hr was not searched: it did not answer\n/);
  });

  it('puts each decision with the command line that answers it', async () => {
    const again = ['dsr', 'find', "name=Anna O'Berg"];
    const { stdout } = await told(
      { ...found, decisions: [candidate, { ...candidate, id: 'D2' }] },
      {},
      again,
    );
    expect(stdout).toContain('2 decisions for you to take');
    expect(stdout).toContain('D1  crm.leads list=fair\\x1b[2J, nr=9007199254740993: the same phone number');
    expect(stdout).toContain("dsr find 'name=Anna O'\\''Berg' --accept D1 --reject D2\n");
    expect(stdout).toContain("dsr find 'name=Anna O'\\''Berg' --reject all\n");
    expect(stdout).not.toContain('\u001b');
  });

  it('with --records tells the path that led to each', async () => {
    const via = ['email', 'billing.invoices.customer_no'];
    const { stdout } = await told({
      ...found,
      records: [{ collection: 'crm.customers', key: [1], role: 'own', via }],
    });
    expect(stdout).toMatch(/crm\.customers\n +id=1 +own +email → billing\.invoices\.customer_no\n/);
  });

  it('tells warnings on stderr, each once', async () => {
    const { stdout, stderr } = await told({
      ...found,
      warnings: ['the personnummer is not valid', 'the personnummer is not valid'],
    });
    expect(stdout).not.toContain('not valid');
    expect(stderr).toBe('warning: the personnummer is not valid\n');
  });
});

describe('the answer of an export', () => {
  const { records: _records, close: _close, ...answer } = found;
  const exported: ExportResult = {
    ...answer,
    request: 'R-2026-0001',
    extract: { file: '/w/anna.zip', bytes: 18_249, sha256: 'ab'.repeat(32) },
    records: { 'crm.customers': 1 },
  };

  async function toldExport(result: ExportResult, json: boolean): Promise<string> {
    const { io, stdout } = recordingIo();
    const output = await createOutput(io, { json, quiet: false, color: true });
    await printExport(output, result, ['dsr', 'export', '--request', 'R-2026-0001'], '/w');
    return stdout();
  }

  it('says which file, and that it is to be handed over with care', async () => {
    const text = await toldExport(exported, false);
    expect(text).toMatch(/Extract +anna\.zip +18\.2 kB/);
    expect(text).toContain('encrypted');
  });

  it('without an extract says what comes first', async () => {
    const text = await toldExport({ ...exported, extract: null, decisions: [candidate] }, false);
    expect(text).toContain('No extract was written');
    expect(text).toContain('dsr export --request R-2026-0001 --accept D1');
  });

  it('as JSON adds the extract and the counts', async () => {
    expect(JSON.parse(await toldExport(exported, true))).toMatchObject({
      request: 'R-2026-0001',
      extract: exported.extract,
      records: { 'crm.customers': 1 },
    });
  });
});
