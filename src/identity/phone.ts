import {
  type CountryCode,
  isSupportedCountry,
  type PhoneNumber,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/min';
import { inLayout } from './layout.js';
import type { SpelledType } from './spelling.js';
import { digitsOf, fold, hasContent, plain, unique } from './text.js';
import type { Likeness, Normalised } from './type.js';

/** libphonenumber reads no further. */
const LONGEST = 250;
const STEPS = 4;

/**
 * Phone numbers; canonical is E.164, with an extension as RFC 3966 writes it (`+46…;ext=12`), since a
 * switchboard's number is shared by many. Numbers without a country are the region's (ISO 3166, `SE`).
 */
export function phoneType(country: string): SpelledType {
  const region: CountryCode = isSupportedCountry(country) ? country : 'SE';

  const normalise = (raw: string): Normalised => {
    const text = withoutLabel(plain(raw));
    const content = hasContent(text);
    const number = read(text, region);
    if (number !== null) {
      return {
        value: canonical(number),
        content,
        problem: number.isValid() ? null : 'no such number can exist',
      };
    }
    const digits = digitsOf(text);
    if (digits === '')
      return { value: fold(text), content, problem: 'it holds no digits, so that nothing can match' };
    return {
      value: text.startsWith('+') ? `+${digits}` : digits,
      content,
      problem: 'it is not a phone number',
    };
  };

  const compare = (value: string, stored: string): Likeness => {
    if (stored === value) return 'same';
    const other = normalise(stored).value;
    if (other === value) return 'same';
    const mine = read(value, region);
    if (mine === null) return 'different';
    if (withoutExtension(value) === withoutExtension(other) && value.includes(';') !== other.includes(';'))
      return 'near';
    return isForeignWithoutCountry(mine, stored) ? 'near' : 'different';
  };

  return {
    name: 'phone',
    strength: 'weak',
    single: false,
    match: 'digits',
    category: 'user.contact.phone_number',
    normalise,
    compare,
    spellings(value) {
      const number = read(value, region);
      return number === null ? [value] : unique([value, ...written(number)]);
    },
    respelled(stored, value) {
      const [old, number] = [read(withoutLabel(plain(stored)), region), read(value, region)];
      if (number === null) return value;
      return old === null ? canonical(number) : likeStored(stored, old, number);
    },
  };

  /** A number of another country stored without it reads as one of the region's. */
  function isForeignWithoutCountry(mine: PhoneNumber, stored: string): boolean {
    if (mine.country === undefined || mine.country === region) return false;
    const there = read(withoutLabel(plain(stored)), mine.country);
    return there !== null && there.number === mine.number;
  }
}

/** Repeated until nothing changes: `+46 00 70…` loses one zero at a time. */
function read(text: string, region: CountryCode): PhoneNumber | null {
  let number = parse(text, region);
  for (let step = 0; number !== null && !number.isValid() && step < STEPS; step += 1) {
    const again = parse(canonical(number), region);
    if (again === null || canonical(again) === canonical(number)) break;
    number = again;
  }
  return number;
}

function parse(text: string, region: CountryCode): PhoneNumber | null {
  if (text.length > LONGEST) return null;
  const options = { defaultCountry: region, extract: false };
  const bare = text.replace(/[^\d+() ./;=x-]+/g, ' ').trim();
  const digits = digitsOf(text);
  const number =
    parsePhoneNumberFromString(text, options) ??
    parsePhoneNumberFromString(bare, options) ??
    parsePhoneNumberFromString(text.startsWith('+') ? `+${digits}` : digits, options);
  if (number?.isValid()) return number;
  // E.164 whose + was lost.
  const international = /^[1-9]\d+$/.test(digits) ? parsePhoneNumberFromString(`+${digits}`) : undefined;
  return international?.isValid() ? international : (number ?? null);
}

function canonical(number: PhoneNumber): string {
  return number.ext === undefined ? number.number : `${number.number};ext=${number.ext}`;
}

function withoutExtension(value: string): string {
  return value.split(';')[0] ?? value;
}

/** `tel:` before a number, and the Swedish words for an extension. */
function withoutLabel(text: string): string {
  return text
    .replace(/^(?:tel|tfn|mob|mobil)[.:]+ ?/i, '')
    .replace(/\b(?:anknytning|ankn|anslutning|ankytning)\b\.? ?/gi, 'ext. ');
}

/** What of a number is written before its subscriber's digits. */
const PREFIXES = ['+', '00', 'country', 'trunk in brackets', 'trunk', 'none'] as const;

function likeStored(stored: string, old: PhoneNumber, number: PhoneNumber): string {
  if (old.ext === undefined && number.ext === undefined) {
    // Where the area code ends differs by number: what is written by the book stays so.
    const usual = written(old).indexOf(stored);
    const same = usual < 0 ? undefined : written(number)[usual];
    if (same !== undefined && isForm(same, stored)) return same;
  }
  const digits = digitsOf(plain(stored));
  const without = old.ext === undefined ? digits : digits.slice(0, -old.ext.length);
  const prefix = PREFIXES.find((one) => compact(old, one, stored).replace('+', '') === without) ?? '+';
  const text = compact(number, prefix, stored);
  const layout = number.ext === old.ext ? inLayout(stored, digitsOf(text) + (number.ext ?? ''), /\d/) : null;
  if (layout !== null) return layout;
  return number.ext === undefined ? text : `${text} ext. ${number.ext}`;
}

/** Only a number of the same country has the same trunk prefix, or none to tell it by. */
function isForm(text: string, stored: string): boolean {
  return text.startsWith('+') === stored.startsWith('+') && text.startsWith('0') === stored.startsWith('0');
}

function compact(number: PhoneNumber, prefix: (typeof PREFIXES)[number], stored: string): string {
  const { countryCallingCode: code, nationalNumber } = number;
  const trunk = trunkOf(number);
  switch (prefix) {
    case '+':
      return stored.includes('+') ? `+${code}${nationalNumber}` : `${code}${nationalNumber}`;
    case '00':
      return `00${code}${nationalNumber}`;
    case 'country':
      return `${code}${nationalNumber}`;
    case 'trunk in brackets':
      return `+${code}${trunk}${nationalNumber}`;
    case 'trunk':
      return `${trunk}${nationalNumber}`;
    case 'none':
      return String(nationalNumber);
  }
}

function trunkOf(number: PhoneNumber): string {
  const national = digitsOf(parsePhoneNumberFromString(number.number)?.formatNational() ?? '');
  return national.slice(0, Math.max(0, national.length - String(number.nationalNumber).length));
}

function written(number: PhoneNumber): readonly string[] {
  const { countryCallingCode: code, nationalNumber } = number;
  const subscriber = String(nationalNumber);
  const base = parsePhoneNumberFromString(number.number);
  const grouped = base?.formatNational() ?? subscriber;
  const international = base?.formatInternational() ?? number.number;
  const national = digitsOf(grouped);
  const [area = '', ...groups] = grouped.split(/[ -]/);
  const trunk = national.length > subscriber.length ? national.slice(0, -subscriber.length) : '';
  const rest = international.slice(code.length + 1).trim();
  const texts = [
    `${code}${subscriber}`,
    `00${code}${subscriber}`,
    `00${code} ${rest}`,
    national,
    grouped,
    `${area}-${groups.join('')}`,
    `${area}-${groups.join(' ')}`,
    `${area} ${groups.join(' ')}`,
    `${area}/${groups.join('')}`,
    subscriber,
    international,
    international.replaceAll(' ', '-'),
    `+${code}-${rest.replace(' ', '-')}`,
    ...(trunk === '' ? [] : [`+${code} (${trunk})${rest}`, `+${code}(${trunk})${subscriber}`]),
  ];
  const { ext } = number;
  if (ext === undefined) return texts;
  return texts.flatMap((text) => [`${text} ext. ${ext}`, `${text} ankn ${ext}`, `${text}x${ext}`, text]);
}
