/**
 * A piece of SQL with the values that belong to it, kept apart until the driver gets both. knex's own
 * raw() is not used for it: there a `?` inside a quoted name is taken for a value, and `??` splits
 * names at dots and at ' as '.
 */
export interface Sql {
  /** One more than there are values; a value stands between each two. */
  readonly text: readonly string[];
  readonly values: readonly Bound[];
}

/** What travels as a value; an array is one parameter (PostgreSQL), and a null in it NULL. */
export type Bound = string | number | bigint | readonly (string | null)[];

/** `` sql`t.${name} = ${bound('x')}` ``: parts are SQL; values must say so by `bound`. */
export function sql(strings: TemplateStringsArray, ...parts: readonly Sql[]): Sql {
  const text: string[] = [strings[0] ?? ''];
  const values: Bound[] = [];
  for (const [index, part] of parts.entries()) {
    append(text, values, part);
    text[text.length - 1] += strings[index + 1] ?? '';
  }
  return { text, values };
}

/** SQL text as it stands: names already quoted, types from the catalog; never a value. */
export function raw(text: string): Sql {
  return { text: [text], values: [] };
}

export function bound(value: Bound): Sql {
  return { text: ['', ''], values: [value] };
}

export function joined(parts: readonly Sql[], separator: string): Sql {
  const text: string[] = [''];
  const values: Bound[] = [];
  for (const [index, part] of parts.entries()) {
    if (index > 0) text[text.length - 1] += separator;
    append(text, values, part);
  }
  return { text, values };
}

/** The statement's text, each value replaced by what `place` makes of it and its number from 1. */
export function rendered(statement: Sql, place: (position: number, value: Bound) => string): string {
  return statement.values.reduce<string>(
    (text, value, index) => text + place(index + 1, value) + (statement.text[index + 1] ?? ''),
    statement.text[0] ?? '',
  );
}

function append(text: string[], values: Bound[], part: Sql): void {
  text[text.length - 1] += part.text[0] ?? '';
  for (const more of part.text.slice(1)) text.push(more);
  for (const value of part.values) values.push(value);
}
