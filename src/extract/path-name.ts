const UNSAFE = /[^\p{L}\p{N}_-]+/gu;
/** Names that Windows takes for devices. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/** A name made fit to be one part of a path on any system: no separators, no dots, not empty. */
export function pathPart(name: string): string {
  const part = name.normalize('NFC').replace(UNSAFE, '_').slice(0, 80);
  if (part === '') return '_';
  return DEVICE.test(part) ? `${part}_` : part;
}

/**
 * A path part for each name, in order; two names never share one, also where a file system does not
 * tell upper from lower case.
 */
export function pathParts(names: readonly string[]): ReadonlyMap<string, string> {
  const parts = new Map<string, string>();
  const taken = new Set<string>();
  for (const name of names) {
    if (parts.has(name)) continue;
    const plain = pathPart(name);
    let part = plain;
    for (let n = 2; taken.has(fold(part)); n += 1) part = `${plain}~${n}`;
    taken.add(fold(part));
    parts.set(name, part);
  }
  return parts;
}

function fold(part: string): string {
  return part.normalize('NFKC').toLowerCase().toUpperCase();
}
