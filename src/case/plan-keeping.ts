import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DsrError } from '../model/error.js';
import type { DataMap } from '../model/map.js';
import type { RequestId } from '../model/request.js';
import type { Plan } from '../plan/plan.js';
import { readPlan, savePlan } from '../plan/plan-file.js';
import { fileError } from '../store/private-file.js';
import { openScratch } from '../store/scratch.js';
import type { KeptPlaces, KeptPlan } from '../work/plan.js';
import type { Context } from './context.js';
import type { Books } from './ledger-work.js';
import { workspaceAt } from './workspace.js';

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
  await savePlan(kept, join(workspaceAt(context.workspace).plans, file), { replace: true });
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
    removeFile(context, kept);
    work.dropPlan(request, hash);
  }
}

/** Before the request is purged, which forgets their names. */
export function removePlans(context: Context, { work }: Books, request: RequestId): void {
  for (const kept of work.plans(request)) removeFile(context, kept);
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

function removeFile(context: Context, { file }: KeptPlan): void {
  const path = join(workspaceAt(context.workspace).plans, file);
  try {
    rmSync(path, { force: true });
    rmSync(`${path}.part`, { force: true });
  } catch (error) {
    throw fileError(error, 'the plan', path);
  }
}
