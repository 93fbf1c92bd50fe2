import type { FieldType } from '../model/catalog.js';

/** The whole numbers that a column holds, by the source's own name for its type. */
export function integerRange({ native }: FieldType): { readonly least: bigint; readonly most: bigint } {
  const text = native.toLowerCase();
  const bits = BITS.find(([name]) => name.test(text))?.[1] ?? 32n;
  if (/^oid\b/.test(text)) return { least: 0n, most: (1n << 32n) - 1n };
  if (/\bunsigned\b/.test(text)) return { least: 0n, most: (1n << bits) - 1n };
  return { least: -(1n << (bits - 1n)), most: (1n << (bits - 1n)) - 1n };
}

/** SQLite takes any number anywhere; what fits the narrowest meaning of a name fits there too. */
const BITS: readonly (readonly [RegExp, bigint])[] = [
  [/^(?:tinyint|int1\b)/, 8n],
  [/^(?:smallint|int2\b|smallserial)/, 16n],
  [/^(?:mediumint|int3\b)/, 24n],
  [/^(?:bigint|int8\b|bigserial|unsigned big int)/, 64n],
];

/** How many digits a decimal holds in all and behind its point; a negative scale rounds before it. */
export function decimalDigits({ native }: FieldType): { readonly digits: number; readonly scale: number } {
  const found = /\(\s*(\d+)\s*(?:,\s*(-?\d+)\s*)?\)/.exec(native);
  if (found === null) return { digits: 11, scale: 2 };
  return { digits: Number(found[1]), scale: Number(found[2] ?? 0) };
}
