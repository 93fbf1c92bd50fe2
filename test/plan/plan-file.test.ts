import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { DsrError } from '../../src/model/error.js';
import type { Plan } from '../../src/plan/plan.js';
import { readPlan, savePlan } from '../../src/plan/plan-file.js';
import { planHash } from '../../src/plan/plan-hash.js';
import { openScratch } from '../../src/store/scratch.js';
import { anyDrawn, type Drawn, group, HEADER, planOf, row } from './plan-support.js';

const folder = mkdtempSync(join(tmpdir(), 'dsr-plan-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const newFile = () => join(folder, `plan-${files++}.jsonl`);
const read = (file: string) => readPlan(file, openScratch(null));

/** Everything that a saved plan may hold. */
const GOLDEN: Drawn = {
  header: {
    ...HEADER,
    action: 'rectify',
    reason: null,
    set: [{ name: 'crm.customers.name', value: 'Åsa' }],
    rejected: [{ question: 'whose', collection: 'crm.leads', key: 'p!7' }],
  },
  groups: [
    {
      group: group({ action: 'disable', fields: [{ field: 'active', to: { constant: false } }] }),
      rows: [row(1)],
    },
    {
      group: group({
        action: 'update',
        fields: [
          { field: 'name', to: 'new' },
          { field: 'profile', to: 'new' },
          { field: 'note', to: 'redact' },
        ],
      }),
      rows: [
        { key: [1], old: ['Asa', { json: '{"n": 1.0}' }], new: ['Åsa', { json: '{"n": 2.0}' }] },
        { key: [2], old: [null, [1.5, true, 'x\u2028y']], new: [new Uint8Array([0, 255]), 2n ** 60n] },
      ],
    },
    {
      group: group({
        collection: 'crm.invoices',
        action: 'keep',
        ground: 'legal-obligation',
        law: 'Bokföringslag (1999:1078) 7 kap. 2 §',
        until: '2034-01-01',
        fields: [{ field: 'phone', to: 'null' }],
      }),
      rows: [row('A-1', 0), row('A-1', 2n ** 60n)],
    },
    {
      group: group({
        collection: 'shop.notes',
        source: 'shop',
        role: 'mention',
        action: 'clear',
        why: 'it is another person’s',
        fields: [
          { field: 'author', to: { constant: 0 } },
          { field: 'size', to: { constant: 2n ** 60n } },
        ],
      }),
      rows: [row(true)],
    },
  ],
};

describe('a saved plan', () => {
  it('is written as it always was', async () => {
    const file = newFile();
    await savePlan(planOf(GOLDEN), file, { replace: false });
    await expect(readFileSync(file, 'utf8')).toMatchFileSnapshot('saved-plan.jsonl');
  });

  it('comes back as it was', async () => {
    await fc.assert(
      fc.asyncProperty(anyDrawn, async (drawn) => {
        const plan = planOf(drawn);
        const file = newFile();
        await savePlan(plan, file, { replace: false });
        const again = await read(file);
        expect(contents(again)).toEqual(contents(plan));
        again.close();
        rmSync(file);
      }),
      { numRuns: 60 },
    );
  });

  it('is refused where a byte of it is another, told by file and line', async () => {
    const file = newFile();
    await savePlan(planOf(GOLDEN), file, { replace: false });
    const whole = readFileSync(file);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, by) => {
        const bytes = Buffer.from(whole);
        bytes[at] = (bytes[at] ?? 0) ^ by;
        writeFileSync(file, bytes);
        await expectRefused(file);
      }),
      { numRuns: 300 },
    );
  });

  it('is refused where a line is gone, doubled or elsewhere', async () => {
    const file = newFile();
    await savePlan(planOf(GOLDEN), file, { replace: false });
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    const changed = [
      ...lines.map((_line, at) => lines.toSpliced(at, 1)),
      ...lines.map((line, at) => lines.toSpliced(at, 0, line)),
      ...lines.slice(1).map((line, at) => lines.toSpliced(at, 2, line, lines[at] ?? '')),
    ].filter((each) => each.join() !== lines.join());
    const before = contents(planOf(GOLDEN));
    for (const each of changed) {
      writeFileSync(file, `${each.join('\n')}\n`);
      // Only rows that changed places within their group may pass: their order says nothing.
      const isShuffled = each.toSorted().join() === lines.toSorted().join();
      const plan = isShuffled ? await read(file).catch(() => null) : null;
      if (plan === null) await expectRefused(file);
      else expect(contents(plan)).toEqual(before);
    }
  });

  it.each([
    ['nothing', ''],
    ['something else', 'hello\n'],
    ['other JSON', '{"dsr":"ledger"}\n'],
    ['no text', Buffer.from([0xff, 0xfe, 0x0a])],
    ['a later version', '{"dsr":"plan","version":2}\n'],
  ])('is not %s', async (_what, bytes) => {
    const file = newFile();
    writeFileSync(file, bytes);
    const error = await read(file).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ kind: 'usage', place: `${file}:1` });
    expect((error as DsrError).message).toContain('no plan that dsr saved');
  });

  it('names the line that was changed, and no value in it', async () => {
    const file = newFile();
    await savePlan(planOf(GOLDEN), file, { replace: false });
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('"key":[2]', '"key":[2,{"secret":"anna@example.se"}]'));
    const error = (await read(file).catch((caught: unknown) => caught)) as DsrError;
    expect(error.message).toBe(`${file}:6: the plan was damaged or changed`);
    expect(error.cause).toBeUndefined();
  });

  it('is for its owner alone, however wide the mask', async () => {
    const before = process.umask(0);
    try {
      const file = newFile();
      await savePlan(planOf(GOLDEN), file, { replace: false });
      expect(statSync(file).mode & 0o777).toBe(0o600);
      chmodSync(file, 0o644);
      await savePlan(planOf(GOLDEN), file, { replace: true });
      expect(statSync(file).mode & 0o777).toBe(0o600);
    } finally {
      process.umask(before);
    }
  });

  it('takes the place of another only when told to', async () => {
    const file = newFile();
    writeFileSync(file, 'mine');
    await expect(savePlan(planOf(GOLDEN), file, { replace: false })).rejects.toMatchObject({ kind: 'usage' });
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect(existsSync(`${file}.part`)).toBe(false);
    await savePlan(planOf(GOLDEN), file, { replace: true });
    expect((await read(file)).hash).toBe(planOf(GOLDEN).hash);
  });

  it('leaves nothing behind when it fails half-way', async () => {
    const file = newFile();
    const plan: Plan = {
      ...planOf(GOLDEN),
      // biome-ignore lint/correctness/useYield: it fails before it could
      *rows() {
        throw new DsrError('transient', 'no space');
      },
    };
    await expect(savePlan(plan, file, { replace: false })).rejects.toThrow('no space');
    expect([existsSync(file), existsSync(`${file}.part`)]).toEqual([false, false]);
  });

  it('is not written over another that is being written, nor into nowhere', async () => {
    const file = newFile();
    writeFileSync(`${file}.part`, '');
    await expect(savePlan(planOf(GOLDEN), file, { replace: false })).rejects.toThrow(`${file}.part`);
    expect(existsSync(`${file}.part`)).toBe(true);
    const nowhere = join(folder, 'no', 'plan');
    await expect(savePlan(planOf(GOLDEN), nowhere, { replace: false })).rejects.toMatchObject({
      kind: 'config',
    });
    await expect(savePlan(planOf(GOLDEN), folder, { replace: true })).rejects.toMatchObject({
      kind: 'usage',
    });
    await expect(read(nowhere)).rejects.toMatchObject({
      kind: 'usage',
      message: `there is no plan ${nowhere}`,
    });
    await expect(read(folder)).rejects.toMatchObject({ kind: 'usage' });
  });

  it('streams both ways', async () => {
    const RECORDS = 10_000;
    const file = newFile();
    const written = () => statSync(`${file}.part`).size;
    let behind = 0;
    const long: Plan = {
      ...planOf({ header: HEADER, groups: [] }),
      groups: [{ ...group(), records: RECORDS }],
      *rows() {
        for (let id = 0; id < RECORDS; id++) {
          yield { key: [id], old: [], new: ['x'.repeat(10_000)] };
          if (existsSync(`${file}.part`)) behind = Math.max(behind, id * 10_000 - written());
        }
      },
    };
    await savePlan({ ...long, hash: planHash(long) }, file, { replace: false });
    expect(behind).toBeLessThan(2_000_000);
    const held = rss();
    const plan = await readPlan(file, openScratch(folder));
    expect(plan.groups[0]?.records).toBe(RECORDS);
    // All of it would be 100 MB, and as much again.
    expect(rss() - held).toBeLessThan(120);
    plan.close();
    rmSync(file);
  });
});

function contents(plan: Plan) {
  return {
    header: plan.header,
    hash: plan.hash,
    groups: plan.groups.map((each, at) => ({ each, rows: [...plan.rows(at)] })),
  };
}

function rss(): number {
  return process.memoryUsage().rss / 1024 / 1024;
}

async function expectRefused(file: string): Promise<void> {
  const error = await read(file).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(DsrError);
  expect(error).toMatchObject({ kind: 'usage' });
  expect((error as DsrError).message).toMatch(new RegExp(`^${file}:\\d+: `));
}
