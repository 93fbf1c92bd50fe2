/** Tidying that every type shares. All of it is linear in the text's length and never throws. */

/** Shown as nothing, yet stored: byte order mark, soft hyphen, zero-width space, direction marks. */
const INVISIBLE = /[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/gu;
const DASHES = /[\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d]/gu;

/** NFC, without invisible characters, control characters and runs of space as one space, trimmed. */
export function tidy(raw: string): string {
  return raw
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(INVISIBLE, '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .normalize('NFC')
    .trim();
}

/** `tidy`, with full-width digits, dashes and the like as their plain ones: for what is made of digits. */
export function plain(raw: string): string {
  return tidy(tidy(raw).normalize('NFKC').replace(DASHES, '-'));
}

export function dashesToHyphen(text: string): string {
  return text.replace(DASHES, '-');
}

/** Without case: lower case, NFC. `Å` and `A` stay two letters. */
export function fold(text: string): string {
  return text.toLowerCase().normalize('NFC');
}

/** What a database's `lower()` gives that knows ASCII only (SQLite; PostgreSQL in the C locale). */
export function asciiLower(text: string): string {
  return text.replace(/[A-Z]+/g, (run) => run.toLowerCase());
}

const LETTERS_WITHOUT_MARK: Readonly<Record<string, string>> = {
  æ: 'ae',
  ø: 'o',
  œ: 'oe',
  ß: 'ss',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  þ: 'th',
  ı: 'i',
};

/** Folded and without marks, as a folding collation may see it: good for candidates, never for a match. */
export function withoutMarks(text: string): string {
  return fold(text)
    .normalize('NFD')
    .replace(/\p{Mn}+/gu, '')
    .replace(/[æøœßđðłþı]/gu, (letter) => LETTERS_WITHOUT_MARK[letter] ?? letter)
    .normalize('NFC');
}

export function digitsOf(text: string): string {
  return text.replace(/[^0-9]+/g, '');
}

/** A letter or a digit: `-` and `?` name nobody. */
export function hasContent(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text);
}

/** Every word with a capital. */
export function titleCase(text: string): string {
  return text.replace(/\p{L}[\p{L}\p{M}]*/gu, (word) => {
    const [first = ''] = word;
    return upperCase(first) + word.slice(first.length);
  });
}

/** Upper case, but for letters that have none of their own (`ß`). */
export function upperCase(text: string): string {
  if (!/[^ -~]/.test(text)) return text.toUpperCase();
  return text.replace(/\p{Ll}/gu, (letter) => {
    const upper = letter.toUpperCase();
    return upper.toLowerCase() === letter ? upper : letter;
  });
}

export function asciiUpper(text: string): string {
  return text.replace(/[a-z]+/g, (run) => run.toUpperCase());
}

export function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
