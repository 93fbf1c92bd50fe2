import type { CheckInfo } from '../../model/catalog.js';
import type { Value } from '../../model/value.js';
import { surelyFails, surelyHolds } from './evaluate.js';
import type { Expression } from './expression.js';
import { parseCheck } from './parse.js';

/** One check, as it bears on one column; all other columns may hold anything. */
export interface Check {
  /** For messages: its name, else how it is spelled. */
  readonly title: string;
  readonly info: CheckInfo;
  readonly expression: Expression;
  /** Every row with this value meets it. False also where the check is not understood. */
  holds(value: Value): boolean;
  /** No row with this value meets it. False also where the check is not understood. */
  refuses(value: Value): boolean;
}

/** The checks that speak of a column. */
export function checksOn(column: string, checks: readonly CheckInfo[]): readonly Check[] {
  return checks
    .filter(({ fields }) =>
      fields.some((field) => field === column || field.toLowerCase() === column.toLowerCase()),
    )
    .map((info) => {
      const expression = parseCheck(info.expression, column, info.fields);
      return {
        title: info.name ?? info.expression,
        info,
        expression,
        holds: (value) => surelyHolds(expression, value),
        refuses: (value) => surelyFails(expression, value),
      };
    });
}
