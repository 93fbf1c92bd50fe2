import { createHash } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { appliedPlans } from '../../src/case/change/applied-plans.js';
import { verifyRequest } from '../../src/case/change/verify-request.js';
import { withBooks } from '../../src/case/ledger-work.js';
import type { Intent, Outcome, Sha256 } from '../../src/ledger/entry.js';
import type { RequestId } from '../../src/model/request.js';
import { type ChangeWorkspace, changeWorkspace } from './change-support.js';

const MAP: Sha256 = `sha256:${'ab'.repeat(32)}`;

/** What stands in the books once a run was killed: a plan that was kept, and what was told until then. */
function isApplied(
  { context }: ChangeWorkspace,
  request: RequestId,
  hash: Sha256,
  action: Intent['action'] | null,
  told: readonly Outcome['outcome'][],
): Promise<boolean> {
  return withBooks(context, (books) => {
    const by = { operator: 'tester', request };
    books.work.recordPlan({ request, hash, file: 'killed.jsonl', action: 'erase', places: null });
    if (action !== null) {
      const intent = books.ledger.append({
        ...{ kind: 'intent', ...by, action, subject: [], map: MAP, plan: hash },
      } as const);
      for (const [at, outcome] of told.entries()) {
        books.ledger.append({
          ...{ kind: 'outcome', ...by, intent, source: `s${at}`, outcome, records: {}, failure: null },
        } as const);
      }
    }
    return appliedPlans(books, request).some((kept) => kept.hash === hash);
  });
}

describe('a run that was killed before it could say that it changed something', () => {
  const cases = [
    ['committed at one source, and not a word of the other', 'erase', ['committed'], true],
    ['committed at one, rolled back at the other', 'erase', ['committed', 'rolled-back'], true],
    ['not known whether it was committed', 'erase', ['unknown'], true],
    ['announced, and not a word of what became of it', 'erase', [], true],
    ['rolled back', 'erase', ['rolled-back'], false],
    ['only the login ended', 'disable', ['committed'], false],
    ['kept, and never announced', null, [], false],
  ] as const;

  test('left something to verify where the ledger knows of a change, or does not know of none', async () => {
    const place = changeWorkspace();
    const { request } = await place.erase();
    for (const [name, action, told, expected] of cases) {
      const hash: Sha256 = `sha256:${createHash('sha256').update(name).digest('hex')}`;
      expect(await isApplied(place, request as RequestId, hash, action, told), name).toBe(expected);
    }
  });

  test('is verified by its plan, and what it left is found', async () => {
    const place = changeWorkspace();
    const { request } = await place.erase();
    const work = new Database(join(place.dir, '.dsr/work.db'));
    work.prepare('update plans set applied = null').run();
    work.close();
    place.exec('billing', `update invoices set phone = '070-1740605' where id = 10`);
    expect(await verifyRequest(place.context, { request: request ?? '' })).toMatchObject({
      complete: false,
      verified: { residual: 1, places: [{ collection: 'billing.invoices' }] },
    });
  });
});
