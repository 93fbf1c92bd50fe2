import { createHmac } from 'node:crypto';

/** Random to all who do not have the seed; the same for the same labels. */
export interface Random {
  bytes(count: number): Uint8Array;
  /** A whole number from 0 up to, not including, `limit`. */
  below(limit: bigint): bigint;
  pick<Item>(items: readonly Item[]): Item | undefined;
  shuffled<Item>(items: readonly Item[]): readonly Item[];
  /** Consonants alone: they spell no word, no number and no date. Four bits each. */
  letters(count: number): string;
  /** Consonants and digits, for where room is scarce. Five bits each. */
  signs(count: number): string;
}

const LETTERS = 'bcdfghjkmnpqrstv';
const SIGNS = 'bcdfghjklmnpqrstvwxz0123456789yi';

/** HMAC-SHA-256 in counter mode: without the seed nobody can tell what a pseudonym was made from. */
export function randomOf(seed: Uint8Array, labels: readonly string[]): Random {
  const text = JSON.stringify(labels);
  let block = createHmac('sha256', seed).update(`${text}0`, 'utf8').digest();
  let blocks = 1;
  let at = 0;
  const byte = (): number => {
    if (at === block.length) {
      block = createHmac('sha256', seed).update(`${text}${blocks}`, 'utf8').digest();
      blocks += 1;
      at = 0;
    }
    at += 1;
    return block[at - 1] ?? 0;
  };
  const below = (limit: bigint): bigint => {
    if (limit <= 1n) return 0n;
    // Eight bytes more than the limit has: what the remainder prefers is not to be noticed.
    const count = Math.ceil(limit.toString(16).length / 2) + 8;
    let number = 0n;
    for (let index = 0; index < count; index += 1) number = (number << 8n) | BigInt(byte());
    return number % limit;
  };
  const spelled = (alphabet: string) => (count: number) =>
    Array.from({ length: count }, () => alphabet[byte() % alphabet.length]).join('');
  return {
    bytes: (count) => Uint8Array.from({ length: count }, byte),
    below,
    pick: (items) => items[Number(below(BigInt(items.length)))],
    shuffled<Item>(items: readonly Item[]) {
      const left = [...items];
      return items.map(() => left.splice(Number(below(BigInt(left.length))), 1)[0] as Item);
    },
    letters: spelled(LETTERS),
    signs: spelled(SIGNS),
  };
}
