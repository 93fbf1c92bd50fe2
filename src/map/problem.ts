import { DsrError } from '../model/error.js';

/** Something wrong with the map: where it stands, what is wrong, what would be right. Holds no secret. */
export interface Problem {
  /** error: nothing runs on this map · warning: it runs, and a result may be incomplete. */
  readonly severity: 'error' | 'warning';
  /** `dsr.yaml:12:7`, line and column from 1. */
  readonly place: string;
  /** `sources.crm.collections.customers.fields.email`; empty for the whole file. */
  readonly path: string;
  readonly message: string;
  readonly hint: string | null;
}

/** `dsr.yaml:12:7: sources.crm.connector: …`, on one line. */
export function problemText(problem: Problem): string {
  const where = problem.path === '' ? problem.place : `${problem.place}: ${problem.path}`;
  return `${where}: ${problem.message}`;
}

/**
 * All errors as one: the first is the message and gives the hint, the others are listed below it.
 *
 * @throws nothing; hand it at least one problem of severity `error`.
 */
export function mapError(problems: readonly Problem[]): DsrError {
  const errors = problems.filter((problem) => problem.severity === 'error');
  const [first, ...rest] = errors;
  if (first === undefined) return new DsrError('internal', 'a map error was raised without a problem');
  const lines = rest.map((problem) => {
    const text = `  ${problemText(problem)}`;
    return problem.hint === null ? text : `${text} (${problem.hint})`;
  });
  const message =
    lines.length === 0
      ? problemText(first)
      : `${problemText(first)}\n${lines.length} more in the map:\n${lines.join('\n')}`;
  return new DsrError('config', message, {
    place: first.place,
    ...(first.hint === null ? {} : { hint: first.hint }),
  });
}

/** By line and column, so that a reader goes through the file once. */
export function inOrder(problems: readonly Problem[]): readonly Problem[] {
  const position = ({ place }: Problem) => place.split(':').slice(-2).map(Number);
  return [...problems].sort((a, b) => {
    const [lineA = 0, columnA = 0] = position(a);
    const [lineB = 0, columnB = 0] = position(b);
    return lineA - lineB || columnA - columnB;
  });
}
