import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/**
 * `sha256:` and the hash of the canonical JSON (RFC 8785) of the map as filled in, every source's
 * `connection` left out and its `options` as written: no secret, nor its length, is in it.
 */
export function mapHash(filled: unknown, written: unknown): string {
  const sources = Object.entries(object(object(filled).sources)).map(([name, source]) => {
    const { connection: _, ...rest } = object(source);
    const options = object(object(object(written).sources)[name]).options;
    return [name, options === undefined ? rest : { ...rest, options }] as const;
  });
  const body = canonicalize(jsonable({ ...object(filled), sources: Object.fromEntries(sources) }));
  return `sha256:${createHash('sha256')
    .update(body ?? '')
    .digest('hex')}`;
}

function object(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** JSON has no integers beyond 2^53; told apart from a text of the same digits. */
function jsonable(value: unknown): unknown {
  if (typeof value === 'bigint') return { integer: value.toString() };
  if (Array.isArray(value)) return value.map(jsonable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, jsonable(item)]));
}
