import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { overwritten } from '../../src/mask/overwrite.js';
import type { Value } from '../../src/model/value.js';

const at = (text: string) => {
  const [column = '', ...path] = text.replaceAll('[]', '.[]').split('.');
  return { column, path };
};
const to = (path: string, value: Value) => ({ at: at(path), make: () => value });

describe('a column is overwritten', () => {
  it('as a whole, last', () => {
    expect(overwritten('a', [to('c', 'b')])).toBe('b');
    expect(
      overwritten({ json: '{"a":1}' }, [{ at: at('c'), make: (stored) => stored }, to('c.a', 2)]),
    ).toEqual({
      json: '{"a":2}',
    });
    expect(overwritten({ json: '{"a":1}' }, [to('c', null), to('c.a', 2)])).toBeNull();
  });

  it('inside a document, all else to the byte', () => {
    const json = '{ "a" : 1.50, "b":[ {"e":"x", "n":12345678901234567890}, {"e":null} ],\n "a": "\\u00e5" }';
    expect(overwritten({ json }, [to('c.b[].e', null), to('c.a', 'é')])).toEqual({
      json: '{ "a" : "é", "b":[ {"e":null, "n":12345678901234567890}, {"e":null} ],\n "a": "é" }',
    });
    // The same in a text that holds a document.
    expect(overwritten(json, [to('c.b[].n', 0)])).toBe(json.replace('12345678901234567890', '0'));
  });

  it('not where a path leads nowhere, or into no document', () => {
    for (const column of [null, 5, 'no document', { json: '[1]' }, { json: 'broken' }, new Uint8Array([1])]) {
      expect(overwritten(column, [to('c.a.b', 'x')])).toBe(column);
    }
  });

  it('in the elements of a list, and in documents in it', () => {
    const list: Value = ['a', null, 'b'];
    expect(overwritten(list, [{ at: at('c[]'), make: (stored) => (stored === 'b' ? 'x' : stored) }])).toEqual(
      ['a', null, 'x'],
    );
    expect(overwritten(list, [{ at: at('c[]'), make: (stored) => stored }])).toBe(list);
    expect(overwritten([['a'], ['b']], [to('c[][]', 'x')])).toEqual([['x'], ['x']]);
    expect(overwritten([{ json: '{"e":"a","f":1}' }], [to('c[].e', null)])).toEqual([
      { json: '{"e":null,"f":1}' },
    ]);
  });

  it('of two places one in the other, the outer', () => {
    expect(overwritten({ json: '{"a":{"b":1}}' }, [to('c.a.b', 2), to('c.a', null)])).toEqual({
      json: '{"a":null}',
    });
  });

  it('from what stands there, told as the model tells values', () => {
    const seen: Value[] = [];
    const make = (stored: Value): Value => {
      seen.push(stored);
      return stored;
    };
    const json = '["a\\n", 1, 1.5, 1.50, 12345678901234567890, true, null, {"x":1}]';
    const column: Value = { json };
    expect(overwritten(column, [{ at: at('c[]'), make }])).toBe(column);
    expect(seen).toEqual([
      'a\n',
      1,
      1.5,
      { json: '1.50' },
      12345678901234567890n,
      true,
      null,
      { json: '{"x":1}' },
    ]);
  });

  it('and only there, in any document', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 3 }), fc.json({ maxDepth: 2 }), fc.string(), (one, other, text) => {
        const json = `{"keep":${one},"go":${other},"list":[{"go":${one}},${other}]}`;
        const made = overwritten({ json }, [to('c.go', text), to('c.list[].go', 7)]) as {
          readonly json: string;
        };
        const parsed = JSON.parse(made.json);
        expect(parsed.keep).toEqual(JSON.parse(one));
        expect(parsed.go).toBe(text);
        expect(parsed.list[0]).toEqual({ go: 7 });
        expect(made.json.startsWith(`{"keep":${one},`)).toBe(true);
      }),
    );
  });
});
