import type { CaseWorkspace } from './workspace.js';

export const email = { category: 'user.contact.email', identifier: 'email' };
export const personnummer = {
  category: 'user.government_id.national_identification_number',
  identifier: 'personnummer',
};
export const people = {
  subject: 'customer',
  system: ['id'],
  fields: { email, personnummer },
  erase: 'delete',
};
/** Anna's. */
export const NUMBER = '199006022397';
interface Place {
  readonly source: string;
  readonly table: string;
  readonly collection: string | null;
  readonly column: string;
  readonly records: number;
  readonly mapped: boolean;
}
export interface Answer {
  readonly complete: boolean;
  readonly incomplete: readonly string[];
  readonly warnings: readonly string[];
  readonly deep: {
    readonly complete: boolean;
    readonly places: readonly Place[];
    readonly tables: number;
    readonly unsearched: readonly { source: string; table: string | null; why: string }[];
  };
  readonly verified?: {
    readonly residual: number;
    readonly places: readonly { collection: string; records: number; why: string }[];
  };
}

/** Calls with --deep; places as `crm.notes.body 1`, sorted. */
export async function deep(world: CaseWorkspace, ...argv: readonly string[]) {
  const { code, stdout, stderr } = await world.dsr(...argv, '--deep', '--json');
  if (stdout === '') throw new Error(stderr);
  const answer = JSON.parse(stdout) as Answer;
  const places = answer.deep.places.map(
    ({ source, table, column, records }) => `${source}.${table}.${column} ${records}`,
  );
  return { code, answer, places: places.sort() };
}
