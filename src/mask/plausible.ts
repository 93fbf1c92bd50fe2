import type { IdentifierTypes } from '../identity/identifier-types.js';
import { isJsonText, type Value } from '../model/value.js';

/** What a made value must never pass for (contract.md §1, Masks). */
const NUMBERS = ['personnummer', 'organisationsnummer', 'phone'] as const;

/** Whether a value could be taken for somebody's: a valid number, or an address that may have a mailbox. */
export function isPlausible(types: IdentifierTypes): (value: Value) => boolean {
  const numbers = NUMBERS.map((name) => types.get(name));
  const email = types.get('email');
  const judge = (text: string): boolean => {
    if (text.includes('@') && email.normalise(text).problem === null && !/\.invalid$/i.test(text))
      return true;
    return /\d/.test(text) && numbers.some((type) => type.normalise(text).problem === null);
  };
  const isOne = (value: Value): boolean => {
    if (value === null || typeof value === 'boolean') return false;
    if (typeof value !== 'object') return judge(String(value));
    if (value instanceof Uint8Array) return judge(Buffer.from(value).toString('utf8'));
    return isJsonText(value) ? judge(value.json) : value.some(isOne);
  };
  return isOne;
}
