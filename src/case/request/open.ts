import { DsrError } from '../../model/error.js';
import type { Identifier } from '../../model/subject.js';
import { type RequestType, requestTypes } from '../../work/words.js';
import type { Context } from '../context.js';
import { type Books, withBooks } from '../ledger-work.js';
import { civilDate } from './deadline.js';
import { receiptDate } from './receipt-date.js';
import { requestSettings } from './rules.js';
import { parseIdentifiers, tagsOf } from './subject.js';
import { type RequestRules, type RequestView, viewOf } from './view.js';

export interface RequestOpenInput {
  readonly type: string;
  /** `YYYY-MM-DD`, or RFC 3339; null: today. */
  readonly received: string | null;
  /** `type=value` or a bare value. */
  readonly identifiers: readonly string[];
}

/**
 * `dsr request open`. Asking again opens another request.
 *
 * @throws DsrError usage: an unknown type, a receipt in the future or none of the calendar, an
 * identifier that is missing or unclear.
 */
export async function openRequest(context: Context, input: RequestOpenInput): Promise<RequestView> {
  const settings = requestSettings(context);
  const type = typeOf(input.type);
  const received = receiptDate(input.received, context.clock.now(), settings.timezone);
  const identifiers = parseIdentifiers(context, settings.types, input.identifiers);
  return withBooks(context, (books) =>
    registerRequest(context, books, settings, { type, received, identifiers, intent: null }),
  );
}

export interface Registration {
  readonly type: RequestType;
  /** Civil date, not after today. */
  readonly received: string;
  readonly identifiers: readonly Identifier[];
  /** The entry that announced the operation that opens it by itself; null: it is opened by hand. */
  readonly intent: number | null;
}

/**
 * Numbers the request and writes it down, in work file and ledger. The year of its number is that of
 * its opening here, as registers number.
 */
export function registerRequest(
  context: Context,
  { work, ledger, locks }: Books,
  rules: RequestRules,
  { type, received, identifiers, intent }: Registration,
): RequestView {
  const { operator, clock } = context;
  const year = Number(civilDate(clock.now(), rules.timezone).slice(0, 4));
  const subject = tagsOf(ledger, identifiers);
  const id = work.openRequest(
    { type, received, year, above: () => ledger.highestRequest(year), identifiers, subject, operator },
    (request) => {
      locks.holdNew(request);
      ledger.append({
        kind: 'state',
        operator,
        request,
        event: 'opened',
        status: 'open',
        type,
        received,
        subject,
        ...(intent === null ? {} : { intent }),
      });
    },
  );
  return viewOf(work.request(id), rules, clock.now());
}

function typeOf(text: string): RequestType {
  const type = requestTypes.find((one) => one === text);
  if (type !== undefined) return type;
  throw new DsrError('usage', 'there is no such type of request', {
    hint: `--type takes ${requestTypes.join(', ')}`,
  });
}
