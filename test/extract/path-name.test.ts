import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pathParts } from '../../src/extract/path-name.js';

describe('path parts', () => {
  test('any set of names becomes distinct parts that no system takes for anything but a name', () => {
    const names = fc.array(
      fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('..', '.', 'CON', 'a/b', 'A_B', 'a_b', '')),
    );
    fc.assert(
      fc.property(names, (given) => {
        const parts = [...pathParts(given).values()];
        expect(new Set(parts.map((part) => part.toLowerCase())).size).toBe(new Set(given).size);
        for (const part of parts) {
          expect(part).toMatch(/^[\p{L}\p{N}_~-]+$/u);
          expect(part).not.toMatch(/^(con|nul|aux|prn)$/i);
        }
      }),
    );
  });

  test('plain names stay as they are', () => {
    expect([...pathParts(['kunder', 'Åkeri']).values()]).toEqual(['kunder', 'Åkeri']);
  });
});
