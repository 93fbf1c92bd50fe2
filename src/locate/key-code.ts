import type { Key, Scalar } from '../model/value.js';

/**
 * A key as one text whose order is the keys' natural order (9 before 10, -1 before 0) and which can be
 * turned back. Parts are ended by NUL SOH, a NUL inside one is NUL ÿ.
 */
export function encodeKey(key: Key): string {
  return key.map((part) => encodePart(part).replaceAll('\0', '\0\u00ff')).join('\0\u0001');
}

export function decodeKey(text: string): Key {
  return text.split('\0\u0001').map((part) => decodePart(part.replaceAll('\0\u00ff', '\0')));
}

function encodePart(part: Scalar): string {
  if (typeof part === 'string') return `s${part}`;
  if (typeof part === 'boolean') return part ? 'b1' : 'b0';
  const text = String(part);
  if (!/^-?\d+$/.test(text)) return `f${text}`;
  const digits = text.replace('-', '');
  const size = String.fromCharCode(0x20 + digits.length);
  if (!text.startsWith('-')) return `p${size}${digits}`;
  const complement = digits.replace(/\d/g, (digit) => String(9 - Number(digit)));
  return `m${String.fromCharCode(0x7e - digits.length)}${complement}`;
}

function decodePart(text: string): Scalar {
  const body = text.slice(1);
  switch (text[0]) {
    case 's':
      return body;
    case 'b':
      return body === '1';
    case 'f':
      return Number(body);
    case 'p':
      return integer(body.slice(1));
    default:
      return integer(`-${body.slice(1).replace(/\d/g, (digit) => String(9 - Number(digit)))}`);
  }
}

function integer(text: string): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}
