import { isIP, isIPv4, isIPv6 } from 'node:net';
import type { SpelledType } from './spelling.js';
import { hasContent, plain } from './text.js';
import type { Normalised } from './type.js';

const LONGEST = 80;

/**
 * IP addresses: IPv4 dotted, IPv6 compressed as RFC 5952 says; an IPv4 address mapped into IPv6 is the
 * IPv4 address. Brackets, port, zone and a full-length prefix are dropped.
 */
export const ipType: SpelledType = {
  name: 'ip',
  strength: 'weak',
  single: false,
  match: 'exact',
  category: 'user.device.ip_address',
  normalise,
  compare: (value, stored) => (stored === value || normalise(stored).value === value ? 'same' : 'different'),
  spellings(value) {
    if (isIPv4(value)) return [value, `::ffff:${value}`, `::FFFF:${value}`, `${value}/32`];
    if (!isIPv6(value)) return [value];
    const groups = expanded(value);
    const full = groups.map((group) => group.padStart(4, '0')).join(':');
    const texts = [value, full, groups.join(':')];
    return [...texts, ...texts.map((text) => text.toUpperCase()), `${value}/128`];
  },
};

function normalise(raw: string): Normalised {
  const text = plain(raw).toLowerCase();
  const content = hasContent(text);
  const address = bareAddress(text);
  if (isIPv4(address)) return { value: address, content, problem: null };
  if (isIPv6(address)) return { value: compressed(address), content, problem: null };
  return {
    value: text,
    content,
    problem: /\/\d+$/.test(text) ? 'it is a network, not an address' : 'it is not an IP address',
  };
}

function bareAddress(text: string): string {
  if (text.length > LONGEST) return text;
  const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text)?.[1];
  const withPort = /^([\d.]+):\d{1,5}$/.exec(text)?.[1];
  const [address = '', prefix] = (bracketed ?? withPort ?? text).split('/');
  const [bare = ''] = address.split('%');
  const length = isIPv4(bare) ? '32' : '128';
  return prefix === undefined || prefix === length ? bare : text;
}

/** The URL parser writes IPv6 as RFC 5952 does, but for the mapped addresses. */
function compressed(address: string): string {
  const text = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(text);
  if (mapped === null) return text;
  const [high, low] = [Number.parseInt(mapped[1] ?? '', 16), Number.parseInt(mapped[2] ?? '', 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** The eight groups of a compressed address. */
function expanded(address: string): readonly string[] {
  const [head = '', tail] = address.split('::');
  const groups = (part: string): readonly string[] => (part === '' ? [] : part.split(':'));
  if (tail === undefined) return groups(head);
  const zeros = Array.from({ length: 8 - groups(head).length - groups(tail).length }, () => '0');
  return [...groups(head), ...zeros, ...groups(tail)];
}

/** Whether a text is an address as it stands. */
export function isAddress(text: string): boolean {
  return isIP(text) !== 0;
}
