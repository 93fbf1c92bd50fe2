/**
 * A text as it is searched: small letters, letters and their marks apart, so that case and composition
 * do not matter; dashes as `-`, runs of space as one, signs that show nothing left out. Every unit of it
 * knows where it comes from. Linear in the text's length.
 */
export interface FoldedText {
  readonly text: string;
  /** The offset in the original at which the unit at `index` begins; at the end, the original's length. */
  start(index: number): number;
}

const INVISIBLE = /^[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]$/u;
const DASH = /^[\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d]$/u;
const APOSTROPHE = /^[\u2018\u2019\u02bc\u00b4`]$/u;

export function foldedText(original: string): FoldedText {
  const pieces: string[] = [];
  const starts = new Uint32Array(original.length * 4 + 1);
  let size = 0;
  let spaced = false;
  const push = (text: string, at: number) => {
    for (let unit = 0; unit < text.length && size < starts.length - 1; unit += 1) {
      starts[size] = at;
      size += 1;
    }
    pieces.push(text);
  };
  for (let at = 0; at < original.length; ) {
    const code = original.codePointAt(at) ?? 0;
    const width = code > 0xffff ? 2 : 1;
    const char = original.slice(at, at + width);
    if (code <= 0x20 || code === 0xa0 || (code > 0x7e && /^\s$/u.test(char))) {
      if (!spaced) push(' ', at);
      spaced = true;
    } else if (code < 0x7f && code !== 0x60) {
      push(code >= 0x41 && code <= 0x5a ? String.fromCharCode(code + 32) : char, at);
      spaced = false;
    } else if (!INVISIBLE.test(char)) {
      push(foldedChar(char), at);
      spaced = false;
    }
    at += width;
  }
  starts[size] = original.length;
  const text = pieces.join('').slice(0, size);
  return { text, start: (index) => starts[Math.min(index, size)] ?? original.length };
}

function foldedChar(char: string): string {
  if (DASH.test(char)) return '-';
  if (APOSTROPHE.test(char)) return "'";
  // Full-width digits and letters are the plain ones; a folded letter has at most three units here.
  return char.normalize('NFKD').toLowerCase().normalize('NFD').slice(0, 4);
}
