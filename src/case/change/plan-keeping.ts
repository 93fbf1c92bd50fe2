import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DsrError } from '../../model/error.js';
import type { DataMap } from '../../model/map.js';
import type { RequestId } from '../../model/request.js';
import type { Plan } from '../../plan/plan.js';
import { readPlan, savePlan } from '../../plan/plan-file.js';
import { fileError } from '../../store/private-file.js';
import { openScratch } from '../../store/scratch.js';
import type { KeptPlaces, KeptPlan } from '../../work/plan.js';
import { around } from '../boundary.js';
import type { Context } from '../context.js';
import type { Books } from '../ledger-work.js';
import { workspaceAt } from '../workspace.js';

const A_MINUTE = 60_000;

/**
 * Keeps a confirmed plan under its request, before anything is done by it: what a verification reads
 * back, and what is left to do after a crash. It goes when the request is purged.
 */
export async function keepPlan(
  context: Context,
  { work }: Books,
  request: RequestId,
  plan: Plan,
  map: DataMap,
): Promise<void> {
  const file = `${request}-${plan.hash.replace('sha256:', '').slice(0, 16)}.jsonl`;
  const kept: Plan = { ...plan, header: { ...plan.header, request } };
  const path = join(workspaceAt(context.workspace).plans, file);
  // Nobody else works on the request: what stands there was left by a crash.
  rmSync(`${path}.part`, { force: true });
  await around(context.boundary, 'plan.save', () => savePlan(kept, path, { replace: true }));
  work.recordPlan({
    request,
    hash: plan.hash,
    file,
    action: plan.header.action,
    places: placesOf(plan, map),
  });
}

function placesOf({ groups }: Plan, { collections }: DataMap): KeptPlaces {
  const named = new Set(groups.map(({ collection }) => collection));
  return Object.fromEntries(
    collections.filter(({ id }) => named.has(id)).map(({ id, table, key }) => [id, { table, key }]),
  );
}

/** One by which nothing was changed is not kept. */
export function forgetPlan(context: Context, { work }: Books, request: RequestId, hash: string): void {
  for (const kept of work.plans(request)) {
    if (kept.hash !== hash || kept.applied !== null) continue;
    removeFile(context, kept.file);
    work.dropPlan(request, hash);
  }
}

/** Every file of a plan that was confirmed under the request, also of one that a crash kept from being written down. */
export function removePlans(context: Context, request: RequestId): void {
  removePlansOf(context, (one) => one === request);
}

/**
 * What processes left that died: plans of requests that are over, and scratch files, which have a name for
 * a moment only.
 */
export function removeLeftFiles(context: Context, { work }: Books): void {
  const over = new Set<string>();
  for (const { request, events } of work.requests()) {
    if (events.some(({ event }) => event === 'closed' || event === 'abandoned')) over.add(request);
  }
  removePlansOf(context, (request) => over.has(request));
  const { tmp } = workspaceAt(context.workspace);
  for (const name of readdirSync(tmp).filter((each) => each.startsWith('scratch-'))) {
    const file = join(tmp, name);
    const made = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY;
    if (Date.now() - made > A_MINUTE) rmSync(file, { force: true });
  }
}

function removePlansOf(context: Context, isOver: (request: string) => boolean): void {
  const { plans } = workspaceAt(context.workspace);
  for (const file of readdirSync(plans)) {
    const [request] = /^R-\d+-\d+(?=-)/.exec(file) ?? [];
    if (request !== undefined && isOver(request)) removeFile(context, file);
  }
}

/**
 * The caller closes it.
 *
 * @throws DsrError usage: it was changed, or is not the one that was kept · data: it is gone.
 */
export async function readKeptPlan(context: Context, { file, hash }: KeptPlan): Promise<Plan> {
  const { plans, tmp } = workspaceAt(context.workspace);
  const plan = await readPlanFile(join(plans, file), tmp);
  if (plan.hash === hash) return plan;
  plan.close();
  throw new DsrError('usage', `the plan ${file} is not the one that was applied`, {
    hint: 'restore the folder .dsr from a backup, all of it',
  });
}

/** Reads a saved plan into a scratch file of its own. The caller closes it. */
export async function readPlanFile(file: string, tmp: string): Promise<Plan> {
  const scratch = openScratch(tmp);
  try {
    return await readPlan(file, scratch);
  } catch (error) {
    scratch.close();
    throw error;
  }
}

function removeFile(context: Context, file: string): void {
  const path = join(workspaceAt(context.workspace).plans, file);
  try {
    around(context.boundary, 'plan.remove', () => {
      rmSync(path, { force: true });
      rmSync(`${path}.part`, { force: true });
    });
  } catch (error) {
    throw fileError(error, 'the plan', path);
  }
}
