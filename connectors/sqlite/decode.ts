import type { FieldKind } from '../../src/model/catalog.js';
import type { Scalar, Value } from '../../src/model/value.js';
import type { RawValue } from './protocol.js';

/**
 * A stored value as its declared kind means it. SQLite keeps any value in any column: what does not
 * fit the declaration comes as it is stored.
 */
export function decoded(kind: FieldKind, raw: RawValue): Value {
  if (raw === null) return null;
  switch (kind) {
    case 'boolean':
      return raw === 0 ? false : raw === 1 ? true : raw;
    case 'decimal':
      return raw instanceof Uint8Array ? raw : String(raw);
    case 'timestamp':
    case 'instant':
      return typeof raw === 'string' ? raw.replace(/^(\d{4}-\d\d-\d\d) (?=\d\d:\d\d)/, '$1T') : raw;
    case 'json':
      return raw instanceof Uint8Array ? raw : jsonText(String(raw));
    default:
      return raw;
  }
}

/** A stored value as part of a key: exactly what is there, so that it leads back. null: NULL. */
export function keyPart(raw: RawValue): Scalar | null {
  return raw instanceof Uint8Array ? `\\x${Buffer.from(raw).toString('hex')}` : raw;
}

function jsonText(text: string): Value {
  try {
    JSON.parse(text);
    return { json: text };
  } catch {
    return text;
  }
}
