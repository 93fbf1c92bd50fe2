import { inLayout } from './layout.js';
import { luhnHolds } from './luhn.js';
import { isPersonShaped } from './personnummer.js';
import type { SpelledType } from './spelling.js';
import { asciiUpper, digitsOf, hasContent, plain } from './text.js';
import type { Normalised } from './type.js';

const TEN = /^\d{2}[2-9]\d{7}$/;

/**
 * Organisationsnummer. Canonical are the ten digits of a legal person; a sole trader's number is the
 * owner's personnummer and has that canonical form, so that both types hold the same text.
 * Sources: lag (1974:174) om identitetsbeteckning för juridiska personer; Skatteverket on VAT numbers.
 */
export function organisationsnummerType(personnummer: SpelledType): SpelledType {
  const normalise = (raw: string): Normalised => {
    const number = withoutVat(raw);
    const ten = legalPerson(number);
    if (ten !== null)
      return { value: ten, content: true, problem: luhnHolds(ten) ? null : 'its check digit is wrong' };
    const person = personnummer.normalise(number);
    if (isPersonShaped(person.value)) return person;
    const digits = digitsOf(number);
    const problem =
      digits === '' ? 'it holds no digits, so that nothing can match' : 'it is not ten digits, NNNNNN-NNNN';
    return { value: person.value, content: hasContent(number), problem };
  };

  return {
    name: 'organisationsnummer',
    strength: 'strong',
    single: false,
    match: 'digits',
    category: 'user.government_id',
    normalise,
    compare(value, stored) {
      if (stored === value) return 'same';
      if (isPersonShaped(value)) return personnummer.compare(value, withoutVat(stored));
      return normalise(stored).value === value ? 'same' : 'different';
    },
    spellings(value) {
      const legal = TEN.test(value);
      if (!legal && !isPersonShaped(value)) return [value];
      const ten = value.slice(-10);
      const written = legal
        ? [ten, hyphened(ten), `16${ten}`, `16${hyphened(ten)}`]
        : personnummer.spellings(value);
      return [...written, `SE${ten}01`, `SE ${hyphened(ten)} 01`];
    },
    respelled(stored, value) {
      const legal = TEN.test(value);
      if (!legal && !isPersonShaped(value)) return value;
      const text = asciiUpper(plain(stored));
      const ten = value.slice(-10);
      const count = digitsOf(text).length;
      const vat = text.startsWith('SE') && count === 12;
      const twelve = legal ? `16${ten}` : value;
      const chars = vat ? `${ten}01` : count === 12 ? twelve : ten;
      // An interim number of a sole trader has a letter, which is no part of `SE`.
      return inLayout(text, chars, vat ? /\d/ : /[\dA-Z]/) ?? chars;
    },
  };
}

function hyphened(ten: string): string {
  return `${ten.slice(0, 6)}-${ten.slice(6)}`;
}

/** `SE556…01` without the country and the group number. */
function withoutVat(raw: string): string {
  const text = asciiUpper(plain(raw));
  if (!text.startsWith('SE') || text.length > 40) return text;
  const digits = digitsOf(text);
  return digits.length === 12 && digits.endsWith('01') ? digits.slice(0, 10) : text;
}

function legalPerson(number: string): string | null {
  if (number.length > 40) return null;
  const digits = number.replace(/[-+ ./]+/g, '');
  const ten = digits.length === 12 && digits.startsWith('16') ? digits.slice(2) : digits;
  return TEN.test(ten) ? ten : null;
}
