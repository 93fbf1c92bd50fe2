import type { HoldId } from '../../model/hold.js';
import type { RequestId } from '../../model/request.js';
import type { RequestStatus, RequestType } from '../../work/words.js';

/** What a receipt is about, as far as it says what can be called. */
export interface ReceiptOn {
  readonly request: RequestId;
  readonly type: RequestType;
  readonly status: RequestStatus;
  /** The hold on its person; null: none. */
  readonly held: HoldId | null;
}

/** What to call next; under a request that is over, by the identifiers, which it does not hold any more. */
export interface Next {
  /** Does what was not done. */
  readonly carryOut: string;
  readonly resume: string;
  search(deep: boolean): string;
}

const RUNNING: ReadonlySet<RequestStatus> = new Set(['open', 'identifying', 'in-progress', 'answered']);

export function nextOf({ request, type, status, held }: ReceiptOn): Next {
  const deeply = (command: string, deep: boolean) => (deep ? `${command} --deep` : command);
  const whose = RUNNING.has(status) ? `--request ${request}` : 'IDENTIFIER';
  const again = type === 'rectify' ? `dsr rectify ${whose} --set NAME=VALUE` : `dsr erase ${whose}`;
  const find = 'dsr find IDENTIFIER';
  const isPurged = status === 'closed';
  return {
    carryOut: held !== null && type !== 'rectify' ? `dsr hold release ${held}` : again,
    resume: isPurged ? find : `dsr resume ${request}`,
    search: (deep) => deeply(isPurged ? find : `dsr verify ${request}`, deep),
  };
}
