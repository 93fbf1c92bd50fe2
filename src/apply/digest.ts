import { createHash } from 'node:crypto';
import type { Key } from '../model/value.js';
import { keyText } from '../model/value.js';

/**
 * What stands at a source when a phase is done there, in 32 bytes: enough to tell later, when the answer to
 * a commit was lost or the process died, whether it landed. A sum, so that it does not hang on the order
 * in which a source hands out its records.
 */
export interface Digest {
  /** A record as it was read back; `hashes` as `hashesOf` gives them. */
  add(group: number, key: Key, hashes: readonly string[]): void;
  /** 64 hex digits. */
  text(): string;
}

export function makeDigest(): Digest {
  const sum = new Uint8Array(32);
  return {
    add(group, key, hashes) {
      const record = createHash('sha256')
        .update(`${group}\n${keyText(key)}\n${hashes.join(' ')}`)
        .digest();
      let carry = 0;
      for (const [at, byte] of record.entries()) {
        carry += (sum[at] ?? 0) + byte;
        sum[at] = carry & 0xff;
        carry >>= 8;
      }
    },
    text: () => Buffer.from(sum).toString('hex'),
  };
}
