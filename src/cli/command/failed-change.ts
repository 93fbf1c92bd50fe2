import { reportOf } from '../error-report.js';
import type { ExitCode } from '../exit-code.js';
import type { Session } from '../session.js';

/** Exit codes that are an answer, so that a script finds a document on stdout. */
const answers: readonly ExitCode[] = [3, 4, 5];

/**
 * Runs a command that changes data. Where an error ends it that is an answer all the same (an approval is
 * missing, a source is locked), `--json` has a document beside the error.
 */
export async function documented(
  session: Session,
  request: string | null,
  run: () => Promise<ExitCode>,
): Promise<ExitCode> {
  try {
    return await run();
  } catch (error) {
    const { code, message } = reportOf(error, session.signal.aborted);
    if (session.output.json && answers.includes(code)) {
      await session.output.document(failedDocument(request, message));
    }
    throw error;
  }
}

/** contract.md §4, of a change that came to nothing. */
function failedDocument(request: string | null, message: string) {
  return {
    request,
    complete: false,
    applied: false,
    planHash: null,
    actions: [],
    verified: null,
    incomplete: [message],
  };
}
