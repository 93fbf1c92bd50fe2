import { printable } from '../printable.js';

/** `1 record`, `2 records`, `1,204 records`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function list(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}

/** `412 bytes`, `18.2 kB`, `3.4 MB`: powers of ten, as disks are sold. */
export function size(bytes: number): string {
  if (bytes < 1_000) return count(bytes, 'byte');
  const unit = bytes < 999_950 ? 'kB' : bytes < 999_950_000 ? 'MB' : 'GB';
  const divisor = { kB: 1e3, MB: 1e6, GB: 1e9 }[unit];
  return `${(bytes / divisor).toFixed(1)} ${unit}`;
}

/** Words laid out in lines of at most `width` characters. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

/** Text that may have lines of its own, made safe and laid out. */
export function paragraph(text: string, width: number): readonly string[] {
  return text.split('\n').flatMap((line) => wrap(printable(line), width));
}
