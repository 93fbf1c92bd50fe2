import { isPersonShaped } from './personnummer.js';

const HIDDEN = '***';

/**
 * An identifier as it is shown where an operator confirms: `a***@e***.se`, `19900602-****`,
 * `070-*** ** 05`, `A. A.`. Enough to notice the wrong person, never enough to tell which one alone.
 */
export function partlyMasked(type: string, value: string): string {
  switch (type) {
    case 'email':
      return address(value);
    case 'personnummer':
    case 'organisationsnummer':
      if (isPersonShaped(value)) return `${value.slice(0, 8)}-****`;
      return /^\d{10}$/.test(value) ? `${value.slice(0, 3)}***-****` : opening(value);
    case 'phone':
      return phone(value);
    case 'name':
      return initials(value);
    case 'ip':
      return /^[0-9a-f]+[.:]/i.test(value) ? value.replace(/^([0-9a-f]+[.:]).*$/i, `$1${HIDDEN}`) : HIDDEN;
    default:
      return opening(value);
  }
}

function address(value: string): string {
  const at = value.lastIndexOf('@');
  if (at < 0) return opening(value);
  const domain = value.slice(at + 1);
  const dot = domain.lastIndexOf('.');
  const end = dot < 0 ? '' : domain.slice(dot);
  return `${opening(value.slice(0, at))}@${opening(dot < 0 ? domain : domain.slice(0, dot))}${end}`;
}

/** A Swedish mobile number as it is usually written; of others the country and the last two digits. */
function phone(value: string): string {
  const swedish = /^\+46(7\d)\d{5}(\d\d)$/.exec(value);
  if (swedish !== null) return `0${swedish[1]}-*** ** ${swedish[2]}`;
  const any = /^(\+\d{2})\d{4,}(\d\d)(?:;|$)/.exec(value);
  return any === null ? opening(value) : `${any[1]} ${HIDDEN} ${any[2]}`;
}

function initials(value: string): string {
  const words = value.match(/[\p{L}\p{M}]+/gu) ?? [];
  return words.length === 0 ? HIDDEN : words.map((word) => `${first(word).toUpperCase()}.`).join(' ');
}

/** One character, and only of what has more than two: what is short would be told whole. */
function opening(value: string): string {
  return [...value].length > 2 ? first(value) + HIDDEN : HIDDEN;
}

function first(text: string): string {
  return [...text][0] ?? '';
}
