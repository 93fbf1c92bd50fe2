import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyOf } from '../../src/ledger/key.js';
import { manyTags, rawTag } from '../../src/ledger/many-tags.js';

describe('many tags', () => {
  it('are those that the ledger makes one by one with createHmac, whatever the value', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.string({ maxLength: 60 }),
      // three bytes a unit, longer and longer
      fc.nat(2_000).map((length) => '€'.repeat(length)),
    );
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.constantFrom('email', 'kund_nr', 'å'),
        fc.array(text),
        (key, type, values) => {
          const tag = manyTags(key, type);
          for (const value of values) expect(tag(value)).toBe(rawTag(keyOf(key).subjectTag(type, value)));
        },
      ),
    );
  });

  it('are texts that tell any two tags apart', () => {
    const tag = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex') as Parameters<typeof rawTag>[0];
    const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(bytes, bytes, fc.nat(31), (one, other, at) => {
        const near = Uint8Array.from(one);
        near[at] = ((near[at] ?? 0) + 128) % 256;
        expect(rawTag(tag(one))).toHaveLength(32);
        expect(rawTag(tag(one))).not.toBe(rawTag(tag(near)));
        expect(rawTag(tag(one)) === rawTag(tag(other))).toBe(tag(one) === tag(other));
      }),
    );
  });
});
