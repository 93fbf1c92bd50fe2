import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blotOut, type JsonNode, jsonPlaces, parseJsonText } from '../../src/model/json-tree.js';

/** JSON text with spacing of every kind between its parts. */
const texts = fc
  .tuple(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(undefined, 1, '\t', ' \n '))
  .map(([value, indent]) => JSON.stringify(value, null, indent));

function rebuilt(node: JsonNode, text: string): unknown {
  if (node.kind === 'list') return node.items.map((item) => rebuilt(item, text));
  if (node.kind === 'object') {
    const object: Record<string, unknown> = {};
    for (const { name, node: child } of node.members) {
      Object.defineProperty(object, name, {
        value: rebuilt(child, text),
        enumerable: true,
        configurable: true,
      });
    }
    return object;
  }
  return JSON.parse(text.slice(node.start, node.end));
}

describe('JSON text with places', () => {
  test('every value stands where its node says', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const root = parseJsonText(text);
        expect(root).not.toBeNull();
        expect(JSON.stringify(rebuilt(root as JsonNode, text))).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  test('what is not JSON is told, and nothing throws', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        expect(parseJsonText(text) !== null).toBe(valid);
      }),
    );
  });

  test('a path leads into objects and lists, and a place keeps its digits', () => {
    const text = '{"items":[{"email":"a"},{"n":1},{"email":12345678901234567890}],"items2":[]}';
    const places = jsonPlaces(parseJsonText(text) as JsonNode, ['items', '[]', 'email']);
    expect(places.map(({ trail, node }) => [trail, text.slice(node.start, node.end)])).toEqual([
      [[0], '"a"'],
      [[2], '12345678901234567890'],
    ]);
  });

  test('blotting out takes the asked values and no other', () => {
    const text = '{ "a": {"b": "secret", "c": 1.10}, "d": ["secret", 2] }';
    const root = parseJsonText(text) as JsonNode;
    const nodes = [...jsonPlaces(root, ['a', 'b']), ...jsonPlaces(root, ['a'])].map(({ node }) => node);
    expect(blotOut(text, nodes)).toBe('{ "a": "[redacted]", "d": ["secret", 2] }');
    const inner = jsonPlaces(root, ['a', 'b']).map(({ node }) => node);
    expect(blotOut(text, inner)).toBe('{ "a": {"b": "[redacted]", "c": 1.10}, "d": ["secret", 2] }');
  });

  test('nesting of a hundred thousand lists costs no stack', () => {
    const text = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(parseJsonText(text)?.kind).toBe('list');
  });
});
