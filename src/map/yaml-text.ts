/** Words that YAML takes for something else than text, in any of its versions. */
const RESERVED = /^(?:true|false|yes|no|on|off|y|n|null|~)$/i;

/** A text as a YAML scalar, good in a block and inside `{ }` and `[ ]`: plain where that is safe. */
export function scalar(text: string): string {
  const plain = /^[\p{L}_][\p{L}\p{N}_ ().@/-]*$/u.test(text) && !text.endsWith(' ');
  return plain && !RESERVED.test(text) ? text : JSON.stringify(text);
}

/** A text fit for a comment: one line, no control characters, at most 100 characters. */
export function comment(text: string): string {
  const line = text.replace(/[\s\p{C}\u2028\u2029]+/gu, ' ').trim();
  return [...line].length > 100 ? `${[...line].slice(0, 99).join('')}…` : line;
}
