import { isJsonText, type Value } from '../../src/model/value.js';
import * as canonical from './coerce.js';

/** A value as a source's text, or null where it does not fit. */
export type Encode = (value: Exclude<Value, null>) => string | null;

type Plain = string | number | bigint | boolean;

const plain =
  (encode: (value: Plain) => string | null): Encode =>
  (value) =>
    typeof value === 'object' ? null : encode(value);

export const integerText = (least: bigint, most: bigint): Encode => plain(canonical.toInteger(least, most));

/** As it stands: no digit is lost, and the source rounds nothing that it gave itself. */
export const decimalText: Encode = plain((value) =>
  typeof value !== 'boolean' && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(String(value))
    ? String(value)
    : null,
);

export const floatText: Encode = plain((value) => {
  if (Object.is(value, -0)) return '-0';
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : decimalText(value);
});

export const booleanText = (yes: string, no: string): Encode => plain(canonical.toBoolean(yes, no));

/** Text that the source holds as it is. */
export const anyText = (rule: Omit<canonical.TextRule, 'length'>): Encode =>
  plain(canonical.toText({ ...rule, length: null }));

export const memberText = (values: readonly string[]): Encode => plain(canonical.toMember(values));

/** Hex, without a mark before it; from bytes, or as a key writes them. */
export const hexText: Encode = (value) => {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return typeof value === 'object' ? null : (canonical.toBytes(value)?.slice(2) ?? null);
};

export const jsonText: Encode = (value) =>
  typeof value === 'object' && isJsonText(value) && !/\p{Surrogate}/u.test(value.json) ? value.json : null;
