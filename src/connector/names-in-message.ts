const NAME = '[\\w.$-]{1,64}';
/** Whole messages that hold nothing but names, or end in one that no value can reach. */
const NAMES_IN: Readonly<Record<string, RegExp>> = {
  ER_ROW_IS_REFERENCED_2: fails(),
  ER_NO_REFERENCED_ROW_2: fails(),
  ER_DUP_ENTRY: new RegExp(` for key '(?<constraint>${NAME})'$`),
  ER_BAD_NULL_ERROR: new RegExp(`^Column '(?<column>${NAME})' cannot be null$`),
  ER_DATA_TOO_LONG: new RegExp(`^Data too long for column '(?<column>${NAME})' at row \\d+$`),
  ER_WARN_DATA_OUT_OF_RANGE: new RegExp(`^Out of range value for column '(?<column>${NAME})' at row \\d+$`),
  ER_CONSTRAINT_FAILED: new RegExp(
    `^CONSTRAINT \`(?<constraint>${NAME})\` failed for \`${NAME}\`\\.\`(?<table>${NAME})\`$`,
  ),
};

function fails(): RegExp {
  return new RegExp(
    `constraint fails \\(\`${NAME}\`\\.\`(?<table>${NAME})\`, CONSTRAINT \`(?<constraint>${NAME})\` FOREIGN KEY \\(`,
  );
}

/** The names that MySQL and MariaDB tell in the message alone, as `table invoice`; never a value. */
export function namesInMessage(error: unknown, code: string | null): readonly string[] {
  const message = error instanceof Error ? error.message : '';
  const names = (code === null ? undefined : NAMES_IN[code])?.exec(message)?.groups ?? {};
  return Object.entries(names).map(([what, name]) => `${what} ${name}`);
}
