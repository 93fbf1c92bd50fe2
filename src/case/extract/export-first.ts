import { DsrError } from '../../model/error.js';
import type { RequestId } from '../../model/request.js';
import type { ChangeResult } from '../change/change.js';
import type { Context } from '../context.js';
import type { Books } from '../ledger-work.js';
import { exportIn } from './export.js';

/**
 * The copy that a person gets before their data goes (GDPR Art. 15 before 17), under the request of the
 * erasure. What it lacks because a source was not read could not be handed out any more afterwards.
 *
 * @throws DsrError as an export, and: decision, transient: it was not made, or a source is missing in it;
 *   nothing was erased.
 */
export async function exportFirst(
  context: Context,
  books: Books,
  request: RequestId,
  file: string | null,
): Promise<NonNullable<ChangeResult['extract']>> {
  const result = await exportIn(context, books, {
    identifiers: [],
    request,
    accept: [],
    reject: [],
    output: file,
    language: null,
    formats: ['json', 'csv'],
    withhold: [],
    ground: null,
  });
  if (result.extract === null) {
    throw new DsrError('decision', 'the extract that comes first needs decisions; nothing was erased', {
      hint: `dsr export --request ${request} lists them`,
    });
  }
  const unread = result.sources.filter(({ status }) => status !== 'searched').map(({ source }) => source);
  if (unread.length === 0) return result.extract;
  throw new DsrError(
    'transient',
    `the extract that comes first lacks ${unread.join(', ')}, which could not be read; nothing was erased`,
    {
      hint: `call again when it answers${file === null ? '' : ', with another file'}; what was written holds the other sources`,
      place: unread[0] ?? '',
    },
  );
}
