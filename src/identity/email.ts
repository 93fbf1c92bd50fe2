import { domainToASCII, domainToUnicode } from 'node:url';
import type { SpelledType } from './spelling.js';
import { fold, hasContent, tidy, titleCase, upperCase } from './text.js';
import type { Normalised } from './type.js';

/** What may be put into punycode: `domainToASCII` reads anything else as a URL and cuts at its `/`. */
const DOMAIN = /^[\p{L}\p{M}\p{N}.\u3002\uff0e\uff61-]+$/u;

/**
 * E-mail addresses: domain in lower case and punycode, local part without case. Dots and `+tag` are
 * part of the address by RFC 5321 and mean nothing to many providers, hence candidates.
 */
export const emailType: SpelledType = {
  name: 'email',
  strength: 'strong',
  single: false,
  match: 'folded',
  category: 'user.contact.email',
  normalise,
  compare(value, stored) {
    if (stored === value) return 'same';
    const other = normalise(stored).value;
    if (other === value) return 'same';
    const [mine, theirs] = [split(value), split(other)];
    if (mine === null || theirs === null || mine.domain !== theirs.domain) return 'different';
    return withoutDots(withoutTag(mine.local)) === withoutDots(withoutTag(theirs.local))
      ? 'near'
      : 'different';
  },
  spellings(value) {
    const address = split(value);
    if (address === null) return [value];
    const { local, domain } = address;
    const locals = [local, withoutTag(local), withoutDots(local), withoutDots(withoutTag(local))];
    const domains = [domain, ...(domain.includes('xn--') ? [domainToUnicode(domain)] : [])];
    const addresses = domains.flatMap((at) =>
      locals.filter((one) => one !== '').map((one) => `${one}@${at}`),
    );
    return [
      ...addresses,
      `${titleCase(local)}@${domain}`,
      ...addresses.map((one) => upperCase(one)),
      `mailto:${value}`,
      // As careless imports leave them.
      ...[`${value} `, ` ${value}`, `${value}\t`, `${value}\n`, `${value}\r\n`, `<${value}>`],
    ];
  },
};

function normalise(raw: string): Normalised {
  const text = unwrap(tidy(raw));
  const at = text.lastIndexOf('@');
  const content = hasContent(text);
  if (at < 0) return { value: fold(text), content, problem: 'it has no @' };
  const value = `${fold(text.slice(0, at))}@${asciiDomain(text.slice(at + 1))}`;
  return { value, content, problem: problemOf(value) };
}

/** `Anna <anna@example.se>;`, `mailto:anna@example.se?subject=Hej` and `anna@example.se.` are tolerated. */
function unwrap(text: string): string {
  let address = text;
  const open = address.lastIndexOf('<');
  const close = address.indexOf('>', open);
  if (open >= 0 && close > open + 1) address = address.slice(open + 1, close);
  if (/^mailto:/i.test(address)) {
    const start = address.lastIndexOf(':') + 1;
    const query = address.indexOf('?', start);
    address = address.slice(start, query < 0 ? undefined : query);
  }
  let end = address.length;
  while (end > 0 && ' ;,.'.includes(address.charAt(end - 1))) end -= 1;
  return address.slice(0, end).trimStart();
}

function asciiDomain(domain: string): string {
  const folded = fold(domain.trim());
  if (folded.length > 255 || !/[^ -~]/.test(folded) || !DOMAIN.test(folded)) return folded;
  return (domainToASCII(folded) || folded).replace(/\.$/, '');
}

function split(address: string): { readonly local: string; readonly domain: string } | null {
  const at = address.lastIndexOf('@');
  return at < 0 ? null : { local: address.slice(0, at), domain: address.slice(at + 1) };
}

function withoutTag(local: string): string {
  const plus = local.indexOf('+');
  return plus > 0 ? local.slice(0, plus) : local;
}

function withoutDots(local: string): string {
  return local.replaceAll('.', '');
}

/** Lengths by RFC 5321 §4.5.3.1; no more, since what a provider accepts is its own affair. */
function problemOf(address: string): string | null {
  const { local, domain } = split(address) ?? { local: '', domain: '' };
  if (local === '') return 'nothing stands before its @';
  if (domain === '') return 'nothing stands after its @';
  if (/[\s<>@,;:]/.test(domain)) return 'it is more than one address';
  if (!domain.includes('.') || domain.includes('..') || domain.startsWith('.'))
    return 'its domain is not complete';
  if (!/^[a-z0-9.-]+$/.test(domain)) return 'its domain has a character that no domain has';
  if (/[\s<>@,;:\\[\]()]/.test(local) && !/^"[^"]*"$/.test(local))
    return 'it has a character that no address has';
  if (local.length > 64 || address.length > 254) return 'it is too long';
  return null;
}
