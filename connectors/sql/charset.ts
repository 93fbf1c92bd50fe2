/** Encodings of one byte, by PostgreSQL's and MySQL's names, as the Encoding standard calls them. */
const ONE_BYTE: Readonly<Record<string, string>> = {
  latin1: 'windows-1252', // MySQL's latin1 is cp1252
  latin2: 'iso-8859-2',
  latin5: 'iso-8859-9',
  latin7: 'iso-8859-13',
  greek: 'iso-8859-7',
  hebrew: 'iso-8859-8',
  cp1250: 'windows-1250',
  cp1251: 'windows-1251',
  cp1256: 'windows-1256',
  cp1257: 'windows-1257',
  cp866: 'ibm866',
  koi8r: 'koi8-r',
  koi8u: 'koi8-u',
  macroman: 'macintosh',
  WIN1250: 'windows-1250',
  WIN1251: 'windows-1251',
  WIN1252: 'windows-1252',
  WIN1257: 'windows-1257',
  LATIN2: 'iso-8859-2',
  LATIN5: 'windows-1254',
  LATIN9: 'iso-8859-15',
  KOI8R: 'koi8-r',
  KOI8U: 'koi8-u',
};

const CP1252 = 'windows-1252';
/** Node 20's decoder takes cp1252 for ISO 8859-1, which has none of these. */
const MARKS_OF_CP1252 = '€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ';

const known = new Map<string, (text: string) => boolean>();

/**
 * Whether a text can stand in a character set. A key with another character is in no value there, and
 * a server would find `?` for it, or raise. Sets that are not known hold everything.
 */
export function holdsOf(charset: string): (text: string) => boolean {
  const found = known.get(charset) ?? test(charset);
  known.set(charset, found);
  return found;
}

function test(charset: string): (text: string) => boolean {
  if (charset === 'ascii') return (text) => !/[^\0-\x7f]/.test(text);
  if (charset === 'LATIN1') return (text) => !/[^\0-\xff]/.test(text);
  if (charset === 'utf8' || charset === 'utf8mb3' || charset === 'ucs2') {
    return (text) => !/[\ud800-\udfff]/.test(text);
  }
  const label = ONE_BYTE[charset];
  if (label === undefined) return () => true;
  const bytes = Uint8Array.from({ length: 256 }, (_none, byte) => byte);
  const characters = new Set(
    new TextDecoder(label).decode(bytes) + (label === CP1252 ? MARKS_OF_CP1252 : ''),
  );
  return (text) => [...text].every((character) => characters.has(character));
}
