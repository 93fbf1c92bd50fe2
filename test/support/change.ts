import type { ChangeResult, Proposal } from '../../src/case/change/change.js';
import type { Action } from '../../src/plan/actions.js';

const HASH = `sha256:${'ab'.repeat(32)}`;

function action(collection: string, made: Partial<Action>): Action {
  return {
    collection,
    action: 'delete',
    records: 1,
    ground: null,
    law: null,
    until: null,
    why: null,
    fields: [],
    ...made,
  };
}

/** An erasure in which each thing happens that can. */
export const actions: readonly Action[] = [
  action('crm.tickets', { action: 'delete', records: 1_204 }),
  action('crm.customers', {
    action: 'mask',
    fields: ['name', 'email'],
    why: 'a kept record of billing.invoices refers to it',
  }),
  action('crm.support', { action: 'clear', records: 21, fields: ['contact_id'] }),
  action('billing.invoices', {
    action: 'keep',
    records: 2,
    ground: 'legal-obligation',
    law: 'Bokföringslag (1999:1078) 7 kap. 2 §',
    until: '2033-01-01',
    fields: ['note'],
  }),
];

export const task = action('archive.boxes', { action: 'manual', why: 'the source is only read' });

export const proposal: Proposal = {
  action: 'erase',
  request: null,
  planHash: HASH,
  actions,
  records: 1_228,
  logins: [],
  who: ['email  a***@example.se', 'personnummer  19900602-****'],
  warnings: ['the personnummer is not valid'],
  incomplete: [],
  places: () => [],
  keyFields: { 'crm.customers': ['id'] },
};

/** What an erasure of somebody ends with when all is well. */
export const changed: ChangeResult = {
  action: 'erase',
  request: 'R-2026-0001',
  complete: true,
  incomplete: [],
  warnings: [],
  identifiers: [
    { type: 'email', value: 'anna.lindqvist@example.se', strength: 'strong', from: 'operator' },
    { type: 'personnummer', value: '199006022397', strength: 'strong', from: 'crm.customers.personnummer' },
  ],
  collections: [{ collection: 'crm.customers', own: 1, mentions: 0, shared: 0, candidates: 0 }],
  sources: [
    { source: 'crm', status: 'searched' },
    { source: 'billing', status: 'searched' },
  ],
  decisions: [],
  keyFields: { 'crm.customers': ['id'], 'crm.leads': ['id'] },
  applied: true,
  planHash: HASH,
  actions,
  outcomes: [
    { source: 'crm', outcome: 'committed', error: null },
    { source: 'billing', outcome: 'committed', error: null },
  ],
  verified: { residual: 0, places: [] },
  searchedBy: 2,
  stopped: null,
  extract: null,
};

/** The same, stopped before anything was done. */
export function stopped(why: NonNullable<ChangeResult['stopped']>): ChangeResult {
  return {
    ...changed,
    request: null,
    applied: false,
    verified: null,
    searchedBy: null,
    outcomes: [],
    stopped: why,
  };
}
