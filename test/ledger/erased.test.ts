import { describe, expect, it } from 'vitest';
import type { NewEntry, PlanMade } from '../../src/ledger/entry.js';
import { erasedSince } from '../../src/ledger/erased.js';
import { openLedger } from '../../src/ledger/ledger.js';
import type { RequestId } from '../../src/model/request.js';
import { folder } from './support.js';

const MAP = `sha256:${'ab'.repeat(32)}` as const;
const planOf = (name: string) => `sha256:${Buffer.from(name).toString('hex').padEnd(64, '0')}` as const;

async function ledgerAt() {
  const clock = { at: '2026-03-01T12:00:00.000Z' };
  const ledger = await openLedger(folder(), { now: () => new Date(clock.at), rehearsed: false });
  const tags = (...values: readonly string[]) =>
    values.map((value) => ({ type: 'email', tag: ledger.subjectTag('email', value) }));
  const root = (key: number) => ledger.recordTag('crm.customers', JSON.stringify([String(key)]));
  const by = (request: RequestId | null) => ({ operator: 'per', request });
  const opened = (request: RequestId, type: string, intent?: number) =>
    ledger.append({
      ...{ kind: 'state', event: 'opened', status: 'open', type, received: '2026-03-01', subject: [] },
      ...by(request),
      request,
      ...(intent === undefined ? {} : { intent }),
    } satisfies NewEntry);
  const intent = (
    action: 'erase' | 'rectify' | 'replay' | 'disable',
    request: RequestId | null,
    plan: string | null,
  ) =>
    ledger.append({
      ...{ kind: 'intent', action, subject: [], map: MAP, plan: plan === null ? null : planOf(plan) },
      ...by(request),
    } satisfies NewEntry);
  const planned = (
    plan: string,
    subject: readonly string[],
    more: Pick<Partial<PlanMade>, 'roots' | 'kept' | 'reason' | 'actions'> = {},
  ) =>
    ledger.append({
      ...{ kind: 'plan', plan: planOf(plan), map: MAP, subject: tags(...subject), actions: [], ...more },
      ...by(null),
    } satisfies NewEntry);
  const ended = (of: number, request: RequestId, outcome: 'committed' | 'rolled-back' | 'unknown') =>
    ledger.append({
      ...{ kind: 'outcome', intent: of, source: 'crm', outcome, records: {}, failure: null },
      ...by(request),
    } satisfies NewEntry);
  /** A change from the plan to its end. */
  const done = (
    action: 'erase' | 'rectify',
    request: RequestId,
    plan: string,
    ...of: readonly [subject: readonly string[], more?: Parameters<typeof planned>[2]]
  ) => {
    planned(plan, ...of);
    return ended(intent(action, request, plan), request, 'committed');
  };
  return { ledger, clock, tags, root, opened, intent, planned, ended, done };
}

describe('who was erased since', () => {
  it('is whoever had something committed by then, or may have had, with what the request asked for', async () => {
    const { ledger, clock, root, tags, opened, intent, planned, ended, done } = await ledgerAt();
    opened('R-2026-0001', 'erase');
    done('erase', 'R-2026-0001', 'early', ['early@example.se'], { roots: [root(1)], reason: 'request' });
    // Drawn up before, carried out after.
    planned('anna', ['anna@example.se'], { roots: [root(2)], kept: [root(3)], reason: 'objection' });
    clock.at = '2026-03-05T00:00:00.000Z';
    opened('R-2026-0002', 'object');
    const anna = ended(intent('erase', 'R-2026-0002', 'anna'), 'R-2026-0002', 'committed');
    planned('undone', ['undone@example.se'], { roots: [root(4)] });
    ended(intent('erase', 'R-2026-0002', 'undone'), 'R-2026-0002', 'rolled-back');
    // Only the login ended.
    planned('login', ['login@example.se'], { roots: [root(5)] });
    ended(intent('disable', 'R-2026-0002', 'login'), 'R-2026-0002', 'committed');
    const { erasures, tags: all } = erasedSince(ledger, new Date('2026-03-05T00:00:00Z'));
    expect(erasures).toEqual([
      {
        tags: new Set(tags('anna@example.se').map(({ tag }) => tag)),
        roots: new Set([root(2)]),
        kept: new Set([root(3)]),
        reason: 'objection',
        requests: new Map([['R-2026-0002', 'object']]),
        person: 0,
        last: anna,
      },
    ]);
    expect(all).toEqual(tags('anna@example.se'));
    expect(erasedSince(ledger, new Date('2026-03-05T00:00:00.001Z')).erasures).toEqual([]);
    expect(erasedSince(ledger, new Date(0)).erasures).toHaveLength(2);
    ledger.close();
  });

  it('is also whoever a source never told of: its process died, or an answer was lost', async () => {
    const { ledger, clock, root, tags, opened, intent, planned, ended } = await ledgerAt();
    opened('R-2026-0001', 'erase');
    const began = (name: string, sources: readonly string[]) => {
      const actions = sources.map(
        (source) => ({ collection: `${source}.people`, action: 'delete', ground: null, records: 1 }) as const,
      );
      planned(name, [`${name}@example.se`], { roots: [root(1)], actions });
      return intent('erase', 'R-2026-0001', name);
    };
    const told = (of: number, ...outcomes: readonly Parameters<typeof ended>[2][]) => {
      for (const outcome of outcomes) ended(of, 'R-2026-0001', outcome);
    };
    // Announced before, and told of only afterwards.
    const [late, settled] = [began('late', ['crm']), began('settled', ['crm'])];
    began('before', ['crm']);
    clock.at = '2026-03-05T00:00:00.000Z';
    told(late, 'unknown');
    told(settled, 'unknown', 'rolled-back');
    began('died', ['crm']);
    told(began('lost', ['crm']), 'unknown');
    told(began('halfway', ['crm', 'shop']), 'rolled-back');
    told(began('resumed', ['crm']), 'unknown', 'committed');
    told(began('undone', ['crm']), 'rolled-back');
    told(began('undone later', ['crm']), 'unknown', 'rolled-back');
    const { erasures } = erasedSince(ledger, new Date('2026-03-05T00:00:00Z'));
    const names = ['late', 'died', 'lost', 'halfway', 'resumed'];
    expect(erasures.map(({ tags: of }) => [...of])).toEqual(
      names.map((name) => tags(`${name}@example.se`).map(({ tag }) => tag)),
    );
    ledger.close();
  });

  it('is one person where they were erased twice, and known by what a rectification replaced', async () => {
    const { ledger, root, tags, opened, done } = await ledgerAt();
    opened('R-2026-0001', 'rectify');
    opened('R-2026-0002', 'erase');
    done('rectify', 'R-2026-0001', 'new address', ['old@example.se', 'new@example.se']);
    done('rectify', 'R-2026-0001', 'of somebody else', ['x@example.se', 'y@example.se']);
    done('erase', 'R-2026-0002', 'once', ['new@example.se', 'work@example.se'], { roots: [root(1)] });
    done('erase', 'R-2026-0002', 'again', ['work@example.se'], { roots: [root(7)] });
    done('erase', 'R-2026-0002', 'another', ['bo@example.se'], { roots: [root(8)] });
    const { erasures, tags: all } = erasedSince(ledger, new Date(0));
    const known = erasures.map(({ tags: of, person }) => [person, [...of].sort()]);
    const tagsOf = (...values: readonly string[]) =>
      tags(...values)
        .map(({ tag }) => tag)
        .sort();
    const old = ['old@example.se', 'new@example.se'];
    expect(known).toEqual([
      [0, tagsOf('work@example.se', ...old)],
      [0, tagsOf('work@example.se', ...old)],
      [1, tagsOf('bo@example.se')],
    ]);
    expect(all.map(({ tag }) => tag).sort()).toEqual(tagsOf('bo@example.se', 'work@example.se', ...old));
    ledger.close();
  });

  it('tells people apart whose plans say the same of the same records', async () => {
    const { ledger, root, tags, opened, done } = await ledgerAt();
    opened('R-2026-0001', 'erase');
    opened('R-2026-0002', 'erase');
    // The key of who was deleted was given to somebody new.
    done('erase', 'R-2026-0001', 'record 1', ['anna@example.se'], { roots: [root(1)] });
    done('erase', 'R-2026-0002', 'record 1', ['bo@example.se'], { roots: [root(1)] });
    const { erasures } = erasedSince(ledger, new Date(0));
    expect(erasures.map(({ tags: of, requests }) => [[...of], [...requests.keys()]])).toEqual([
      [tags('anna@example.se').map(({ tag }) => tag), ['R-2026-0001']],
      [tags('bo@example.se').map(({ tag }) => tag), ['R-2026-0002']],
    ]);
    ledger.close();
  });

  it('keeps those apart whom a replay erased together', async () => {
    const { ledger, root, opened, intent, planned, ended, done } = await ledgerAt();
    opened('R-2026-0001', 'erase');
    done('erase', 'R-2026-0001', 'anna', ['anna@example.se'], { roots: [root(1)] });
    done('erase', 'R-2026-0001', 'bo', ['bo@example.se'], { roots: [root(2)] });
    const replay = intent('replay', null, null);
    opened('R-2026-0002', 'erase', replay);
    planned('both', ['anna@example.se', 'bo@example.se'], { roots: [root(1), root(2)] });
    ended(intent('erase', 'R-2026-0002', 'both'), 'R-2026-0002', 'committed');
    expect(erasedSince(ledger, new Date(0)).erasures.map(({ person }) => person)).toEqual([0, 1, null]);
    ledger.close();
  });

  it('tells what was answered about them, and to replays', async () => {
    const { ledger, root, opened, done } = await ledgerAt();
    opened('R-2026-0001', 'erase');
    opened('R-2026-0002', 'export');
    done('erase', 'R-2026-0001', 'anna', ['anna@example.se'], { roots: [root(1)] });
    const answered = (request: RequestId | null, key: number, intent?: number) =>
      ledger.append({
        ...{ kind: 'decision', operator: 'per', request, decision: 'D1', about: 'candidate' },
        ...{ collection: 'crm.customers', record: root(key), answer: 'reject' },
        ...(intent === undefined ? {} : { intent }),
      } as NewEntry);
    const first = answered('R-2026-0001', 5);
    answered('R-2026-0002', 6);
    answered(null, 7);
    const last = answered(null, 8, 2);
    const { answers } = erasedSince(ledger, new Date(0));
    expect(answers.map(({ record, seq, replay }) => [record, seq, replay])).toEqual([
      [root(5), first, false],
      [root(8), last, true],
    ]);
    ledger.close();
  });
});
