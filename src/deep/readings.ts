/** Texts in texts in texts (a JSON document in a statement in a log) are read so deep. */
const DEEPEST = 3;
const ESCAPES = /\\+(?:u([0-9a-fA-F]{4})|(["'/bfnrt]))|((?:%[0-9a-fA-F]{2})+)/g;
const BLANKS = 'bfnrt';
/** The sign that parts an address, as HTML writes it. */
const ENTITIES = /&(?:#0*64|#x0*40|commat);/gi;
/**
 * As mails write it (quoted-printable, RFC 2045), inside an address; letters of more than a byte with it.
 * Nothing else: in `nr=19…` stands a number.
 */
const PRINTABLE = /(?<=[\w.+-])=40(?=[\p{L}\p{N}=])/gu;
const PRINTABLE_LETTERS = /(?:=[c-f][0-9a-f](?:=[89ab][0-9a-f])+)+/gi;
/** What may be one part of a URL or a form. */
const PARTS = /[^\s"'<>,;\\&?]+/g;

/**
 * A text as it stands, and as it reads once its escapes are taken away: those of JSON, also inside other
 * texts, of URLs and forms, and of an `@` in HTML and mails. Linear in the text's length.
 */
export function readings(text: string): readonly string[] {
  const all = [text];
  for (let last = text; all.length <= DEEPEST; ) {
    const next = unescaped(last);
    if (next === last) break;
    all.push(next);
    last = next;
  }
  return all;
}

function unescaped(text: string): string {
  if (!/[\\%&=]/.test(text)) return text;
  return text
    .replace(PARTS, ofForm)
    .replace(ENTITIES, '@')
    .replace(PRINTABLE, '@')
    .replace(PRINTABLE_LETTERS, (bytes) => ofUrl(bytes.replaceAll('=', '%')))
    .replace(ESCAPES, (_all, unit?: string, sign?: string, bytes?: string) => {
      if (unit !== undefined) return String.fromCharCode(Number.parseInt(unit, 16));
      if (sign !== undefined) return BLANKS.includes(sign) ? ' ' : sign;
      return bytes === undefined ? '' : ofUrl(bytes);
    });
}

/** There a `+` is a space, and one that is meant is `%2B`. */
function ofForm(part: string): string {
  return part.includes('%40') ? part.replaceAll('+', ' ') : part;
}

/** UTF-8, as URLs are written since 1998; before it was Latin-1. */
function ofUrl(bytes: string): string {
  try {
    return decodeURIComponent(bytes);
  } catch {
    return Buffer.from(bytes.replaceAll('%', ''), 'hex').toString('latin1');
  }
}
