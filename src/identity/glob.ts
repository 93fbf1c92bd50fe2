/**
 * Whether a text fits a pattern in which `*` stands for any run of characters, without case. The
 * pieces between stars are looked for one after the other, so that no pattern backtracks.
 */
export function globMatches(pattern: string, text: string): boolean {
  const [first = '', ...pieces] = pattern.normalize('NFC').toLowerCase().split('*');
  const subject = text.normalize('NFC').toLowerCase();
  const last = pieces.pop();
  if (last === undefined) return subject === first;
  if (!subject.startsWith(first)) return false;
  let from = first.length;
  for (const piece of pieces) {
    const at = subject.indexOf(piece, from);
    if (at < 0) return false;
    from = at + piece.length;
  }
  return subject.length - last.length >= from && subject.endsWith(last);
}
