import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import type { Proposal } from '../../src/case/change/change.js';
import { addHold, releaseHold } from '../../src/case/hold/hold.js';
import { withBooks } from '../../src/case/ledger-work.js';
import { openRequest } from '../../src/case/request/open.js';
import type { Resumed } from '../../src/case/resume/resume.js';
import { DsrError } from '../../src/model/error.js';
import type { RequestId } from '../../src/model/request.js';
import { type NotResumed, resume } from '../../src/obligation/resume.js';
import { type ChangeWorkspace, changeWorkspace } from './change-support.js';

/** A workspace in which what is told as `step` fails once, as a full disk would, the `nth` time. */
function failingAt(step: string, nth = 1): ChangeWorkspace {
  let left = nth;
  return changeWorkspace(
    {},
    {
      boundary: (told) => {
        if (told !== step) return;
        left -= 1;
        if (left === 0) throw new DsrError('transient', 'no space left on the disk');
      },
    },
  );
}

async function resumeAll(
  { context }: ChangeWorkspace,
  request: string | null = null,
  confirm: (proposal: Proposal) => Promise<boolean> = async () => false,
): Promise<readonly (Resumed | NotResumed)[]> {
  const results = [];
  for await (const each of resume(context, { request, show: async () => {}, confirm })) results.push(each);
  return results;
}

let known: Promise<unknown> | null = null;

/** What both sources hold after an erasure that nothing befell. */
function undisturbed(): Promise<unknown> {
  known ??= (async () => {
    const place = changeWorkspace();
    await place.erase();
    return place.dump();
  })();
  return known;
}

describe('resume', () => {
  test('has nothing to do where nothing was begun, and where all was done', async () => {
    const place = changeWorkspace();
    expect(await resumeAll(place)).toEqual([]);
    const { request } = await place.erase();
    const before = await place.entries();
    expect(await resumeAll(place)).toEqual([]);
    expect(await resumeAll(place, request)).toMatchObject([{ request, resumed: 'nothing', change: null }]);
    expect(await place.entries()).toEqual(before);
  });

  test('closes what the command had opened and left before a plan, and forgets whom it was about', async () => {
    const place = failingAt('work.recordLearnt');
    const before = place.dump();
    await expect(place.erase()).rejects.toThrow('no space');
    expect(await resumeAll(place)).toMatchObject([
      { request: 'R-2026-0001', resumed: 'untouched', closed: true, change: null },
    ]);
    expect(place.dump()).toEqual(before);
    expect(place.state('work.db')).not.toContain('anna@');
    expect(await resumeAll(place)).toEqual([]);
  });

  test('leaves open what somebody had opened by hand', async () => {
    const place = failingAt('work.recordLearnt');
    const opened = await openRequest(place.context, {
      type: 'erase',
      received: null,
      identifiers: ['email=anna@example.se'],
    });
    await expect(place.erase({ identifiers: [], request: opened.request })).rejects.toThrow('no space');
    expect(await resumeAll(place)).toEqual([]);
    expect(await resumeAll(place, opened.request)).toMatchObject([{ resumed: 'untouched', closed: false }]);
    expect((await place.erase({ identifiers: [], request: opened.request })).complete).toBe(true);
    expect(place.dump()).toEqual(await undisturbed());
  });

  test.each([
    ['work.recordCommit', 2],
    ['billing.commit', 1],
    ['ledger.append outcome', 1],
    ['ledger.append outcome', 3],
    ['work.planApplied', 1],
    ['ledger.append verification', 1],
  ] as const)('comes to the end of an undisturbed run after a failure at %s, time %i', async (step, nth) => {
    const place = failingAt(step, nth);
    await place.erase().catch((error: unknown) => error);
    const [result, ...more] = await resumeAll(place);
    expect(result).toMatchObject({ resumed: 'resumed', change: { complete: true, applied: true } });
    expect(more).toEqual([]);
    expect(place.dump()).toEqual(await undisturbed());
    expect(await resumeAll(place)).toEqual([]);
    const owed = await withBooks(place.context, ({ work }) => work.obligations(null));
    expect(owed.map(({ collection, until }) => `${collection} ${until}`)).toEqual([
      'billing.invoices 2034-01-01',
    ]);
    const entries = await place.entries();
    const told = entries.filter((entry) => entry.startsWith('outcome billing committed'));
    expect(told).toHaveLength(1);
  });

  test.each([
    ['work.recordPlan', 1],
    ['ledger.append intent', 2],
    ['crm.commit', 1],
    ['ledger.append outcome', 2],
  ] as const)(
    'comes to that end, too, where it fails itself at %s, time %i, and is called again',
    async (step, nth) => {
      let failing = 'ledger.append outcome';
      let left = 2;
      const place = changeWorkspace(
        {},
        {
          boundary: (told) => {
            if (told !== failing) return;
            left -= 1;
            if (left === 0) throw new DsrError('transient', 'no space left on the disk');
          },
        },
      );
      await place.erase().catch((error: unknown) => error);
      failing = step;
      left = nth;
      await resumeAll(place).catch((error: unknown) => error);
      left = 0;
      await resumeAll(place);
      expect(place.dump()).toEqual(await undisturbed());
      expect(await resumeAll(place)).toEqual([]);
    },
  );

  test('asks before it does what nobody was asked about, and does nothing without a yes', async () => {
    const place = failingAt('work.seed');
    await expect(place.erase()).rejects.toThrow('no space');
    place.exec('crm', "insert into notes values (9, 1, 'written since')");
    const before = place.dump();
    const asked: number[] = [];
    const [first] = await resumeAll(place, null, async ({ records }) => {
      asked.push(records);
      return false;
    });
    expect(first).toMatchObject({ change: { stopped: 'not-confirmed', applied: false } });
    expect(asked).toHaveLength(1);
    expect(place.dump()).toEqual(before);
    const [second] = await resumeAll(place, null, async () => true);
    expect(second).toMatchObject({ change: { complete: true, applied: true } });
    expect(place.rows('crm', 'notes')).toHaveLength(1);
  });

  test('rectifies what was left', async () => {
    const place = failingAt('ledger.append outcome');
    const set = [{ name: 'email', value: 'anna.lind@example.se' }];
    await place.rectify(set).catch((error: unknown) => error);
    expect(await resumeAll(place)).toMatchObject([{ change: { action: 'rectify', complete: true } }]);
    expect(place.rows('crm', 'customers')[0]).toMatchObject({ email: 'anna.lind@example.se' });
    expect(place.rows('billing', 'invoices')[0]).toMatchObject({ customer_email: 'anna.lind@example.se' });
  });
});

describe('what resume leaves as it is', () => {
  test('an obligation that a released hold brought back', async () => {
    const place = changeWorkspace();
    const ground = 'legal-claims';
    await addHold(place.context, { identifiers: [], request: null, collection: 'crm.notes', ground });
    const { request } = await place.erase();
    await releaseHold(place.context, 'H1');
    const owed = () => withBooks(place.context, ({ work }) => work.obligations(request as RequestId));
    const before = await owed();
    expect(before).toContainEqual(expect.objectContaining({ until: '2026-11-25', hold: null }));
    expect(await resumeAll(place)).toEqual([]);
    expect(await owed()).toEqual(before);
  });

  test('work.db, once all is done, to the byte', async () => {
    const place = failingAt('ledger.append outcome', 2);
    await place.erase().catch((error: unknown) => error);
    await resumeAll(place);
    const before = place.state('work.db');
    expect(await resumeAll(place)).toEqual([]);
    expect(place.state('work.db')).toBe(before);
  });

  test('a request whose command ended by itself, since its plan was stale', async () => {
    const place = changeWorkspace();
    const stale = await place.erase({
      confirm: async () => {
        place.exec('crm', "insert into notes values (9, 1, 'written meanwhile')");
        return true;
      },
    });
    expect(stale).toMatchObject({ stopped: 'stale', request: 'R-2026-0001' });
    expect(await resumeAll(place)).toEqual([]);
    expect(await resumeAll(place, stale.request)).toMatchObject([{ closed: false }]);
  });
});

describe('resume', () => {
  test('goes on where the login was ended and then somebody called it off', async () => {
    const abort = new AbortController();
    let commits = 0;
    const place = changeWorkspace(
      {},
      {
        signal: abort.signal,
        boundary: (step) => {
          if (step === 'crm.apply delete') abort.abort();
          if (step === 'crm.commit, done') commits += 1;
        },
      },
    );
    await expect(place.erase()).rejects.toMatchObject({ hint: '`dsr resume R-2026-0001` does the rest' });
    expect(commits).toBe(1);
    expect(place.rows('crm', 'customers')[0]).toMatchObject({ active: 0, email: 'anna@example.se' });
    const again = { ...place, context: { ...place.context, signal: new AbortController().signal } };
    expect(await resumeAll(again)).toMatchObject([{ resumed: 'resumed', change: { complete: true } }]);
    expect(place.dump()).toEqual(await undisturbed());
  });

  test('goes on with the others where one stands by itself', async () => {
    const place = failingAt('work.seed');
    await expect(place.erase()).rejects.toThrow('no space');
    for (const file of place.plans()) rmSync(join(place.dir, '.dsr', 'plans', file));
    const bo = await place.erase({ identifiers: ['email=bo@example.se'] });
    expect(bo.complete).toBe(true);
    expect(await resumeAll(place)).toMatchObject([{ request: 'R-2026-0001', resumed: 'failed' }]);
  });

  test('overwrites the room of what was deleted where somebody had stood in the way', async () => {
    const place = changeWorkspace();
    place.exec('crm', 'pragma journal_mode = wal');
    place.editMap(({ sources: { crm } }) => {
      if (crm !== undefined) Object.assign(crm, { options: { secure_delete: true, vacuum: true } });
    });
    const reader = new Database(join(place.dir, 'crm.db'));
    reader.exec('begin; select count(*) from customers');
    reader.prepare('select count(*) from customers').get();
    const { incomplete, request } = await place.erase();
    expect(incomplete.join()).toContain('crm: the room of what was deleted was not overwritten yet');
    reader.close();
    expect(await resumeAll(place, request)).toMatchObject([{ resumed: 'nothing', undone: [] }]);
    expect(await withBooks(place.context, ({ work }) => work.compactionsOwed())).toEqual([]);
    for (const file of readdirSync(place.dir).filter((name) => name.startsWith('crm.db')))
      expect(readFileSync(join(place.dir, file), 'latin1')).not.toContain('anna@example.se');
  });

  test('knows of a commit that gave records another key', async () => {
    // The login, crm, billing.
    let left = 3;
    const place = changeWorkspace(
      {},
      {
        boundary: (step) => {
          if (step !== 'ledger.append outcome') return;
          left -= 1;
          if (left === 0) throw new DsrError('transient', 'no space left on the disk');
        },
      },
    );
    place.exec(
      'billing',
      `create table addresses (email text primary key not null, city text);
       insert into addresses values ('anna@example.se', 'Kalmar'), ('bo@example.se', 'Lund')`,
    );
    place.editMap(({ sources: { billing } }) => {
      if (billing === undefined) throw new Error('no billing');
      billing.collections.addresses = {
        system: [],
        fields: {
          email: { category: 'user.contact.email', identifier: 'email', mask: 'pseudonym' },
          city: 'user.contact.address.city',
        },
        erase: 'mask',
      } as never;
    });
    await place.erase().catch((error: unknown) => error);
    const [masked] = place.rows('billing', 'addresses');
    await resumeAll(place);
    const told = (await place.entries()).filter((entry) => entry.startsWith('outcome billing'));
    expect(told).toEqual(['outcome billing committed']);
    expect(place.rows('billing', 'addresses')[0]).toEqual(masked);
  });
});

describe('a request that somebody works on', () => {
  test('is refused to others by who works on it, and passed over when all are resumed', async () => {
    const place = changeWorkspace();
    const { request } = await place.erase();
    await withBooks({ ...place.context, operator: 'the other one' }, async ({ locks }) => {
      await locks.hold(request as RequestId);
      await expect(place.erase({ identifiers: [], request })).rejects.toThrow(
        /R-2026-0001 is being worked on by the other one, process \d+/,
      );
      expect(await resumeAll(place)).toMatchObject([{ request, resumed: 'in-work' }]);
    });
    expect(await resumeAll(place)).toEqual([]);
  });
});
