import { DsrError } from '../../model/error.js';
import type { RequestId } from '../../model/request.js';
import type { EraseReason } from '../../plan/plan.js';
import type { RequestType } from '../../work/words.js';
import type { ChangeAction } from './may-change.js';

/** GDPR Art. 7(3) and 21(1): who withdraws a consent or objects asks for less than who asks for erasure (Art. 17). */
const ASKED_FOR: Readonly<Partial<Record<RequestType, EraseReason>>> = {
  withdraw: 'consent-withdrawn',
  object: 'objection',
};

/**
 * Why something is erased: what was said, else what the request asks for. One to erase covers every reason.
 *
 * @throws DsrError usage: what was said reaches what the request does not ask for.
 */
export function eraseReason(
  said: EraseReason | null,
  under: { readonly request: RequestId; readonly type: RequestType } | null,
): EraseReason {
  const asked = (under === null ? undefined : ASKED_FOR[under.type]) ?? null;
  if (asked === null || said === null || said === asked) return said ?? asked ?? 'request';
  throw new DsrError(
    'usage',
    `request ${under?.request} is one to ${under?.type}, which does not cover --reason ${said}`,
    {
      hint: 'leave --reason out, or call without --request and with the identifiers, which opens another one',
    },
  );
}

/** The kind of request that a change opens by itself: what is called again under it must not reach further. */
export function openedBy(action: ChangeAction, reason: EraseReason | null): RequestType {
  if (reason === 'consent-withdrawn') return 'withdraw';
  return reason === 'objection' ? 'object' : action;
}
