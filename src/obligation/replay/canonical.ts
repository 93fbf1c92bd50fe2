import type { IdentifierTypes } from '../../identity/identifier-types.js';

/** Tells every canonical value under which a stored text may stand in the ledger. */
export type Canonical = (raw: string, found: (value: string) => void) => void;

/** An address that tidying leaves as it is, but for its case. */
const PLAIN_EMAIL = /^[\w.%+-]+@[\w.-]*\w$/;
const PLAIN_PERSONNUMMER = /^(\d{6}|\d{8})-?(\d{4})$/;
const PLAIN_ORGANISATIONSNUMMER = /^(?:16)?(\d{2}[2-9]\d{3})-?(\d{4})$/;

/** Types with rules of their own; all others are texts, whose match mode is their rule. */
const RULED = new Set(['email', 'phone', 'personnummer', 'organisationsnummer', 'name', 'ip']);

/** An integer lost its leading zeros, and nobody knows how many: so long may it have been. */
const LONGEST_NUMBER = 16;
const MOST_DATES = 100_000;

/**
 * What `normalise` of a type gives, by a short cut where a value is written in the usual way: it is asked for
 * millions. What has no content is no identifier.
 */
export function canonicalOf(types: Pick<IdentifierTypes, 'get'>, name: string): Canonical {
  const type = types.get(name);
  const plainly: Canonical = (raw, found) => {
    const { value, content } = type.normalise(raw);
    if (content) found(value);
  };
  if (name === 'email') {
    return (raw, found) => (PLAIN_EMAIL.test(raw) ? found(raw.toLowerCase()) : plainly(raw, found));
  }
  if (name === 'personnummer') return personnummer((raw) => type.normalise(raw).value, plainly);
  if (name === 'organisationsnummer') {
    return (raw, found) => {
      const parts = PLAIN_ORGANISATIONSNUMMER.exec(raw);
      if (parts === null) plainly(raw, found);
      else found(`${parts[1]}${parts[2]}`);
    };
  }
  return type.match === 'digits' && !RULED.has(name) ? withZeros(plainly) : plainly;
}

/** The century follows from the date alone, so it is asked for once a date. */
function personnummer(normalised: (raw: string) => string, otherwise: Canonical): Canonical {
  const dates = new Map<string, string>();
  return (raw, found) => {
    const parts = PLAIN_PERSONNUMMER.exec(raw);
    const [, date, last] = parts ?? [];
    if (date === undefined || last === undefined) {
      otherwise(raw, found);
      return;
    }
    let written = dates.get(date);
    if (written === undefined) {
      if (dates.size >= MOST_DATES) dates.clear();
      written = normalised(`${date}0000`).slice(0, -4);
      dates.set(date, written);
    }
    found(written + last);
  };
}

function withZeros(plainly: Canonical): Canonical {
  return (raw, found) =>
    plainly(raw, (value) => {
      if (!/^\d+$/.test(value)) {
        found(value);
        return;
      }
      const bare = value.replace(/^0+(?=\d)/, '');
      const longest = Math.max(LONGEST_NUMBER, value.length);
      for (let length = bare.length; length <= longest; length += 1) found(bare.padStart(length, '0'));
    });
}
