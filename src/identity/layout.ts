/**
 * A stored text with its letters and digits replaced one for one, all that stands between them kept:
 * `070-174 06 05` and `0846500400` make `084-650 04 00`. null: there are more or fewer of them.
 */
export function inLayout(stored: string, chars: string, part: RegExp): string | null {
  let at = 0;
  const text = stored.replace(new RegExp(part, 'gu'), () => {
    at += 1;
    return chars[at - 1] ?? '';
  });
  return at === chars.length ? text : null;
}
