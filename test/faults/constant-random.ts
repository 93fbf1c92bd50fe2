import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

/**
 * Keys, seeds and salts alike in every run from here on, in this process: what is made of them can be
 * compared byte by byte.
 */
export function makeRandomConstant(): void {
  crypto.randomBytes = ((size: number) => Buffer.alloc(size, 7)) as typeof crypto.randomBytes;
  syncBuiltinESMExports();
}
