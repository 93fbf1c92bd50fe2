import { describe, expect, it } from 'vitest';
import { ipType as type } from '../../src/identity/ip.js';
import { formsOf } from '../../src/identity/spelling.js';

describe('an IP address', () => {
  it.each([
    '192.0.2.7',
    ' 192.0.2.7 ',
    '192.0.2.7:443',
    '192.0.2.7/32',
    '::ffff:192.0.2.7',
    '::FFFF:c000:207',
  ])('of version 4 is the same written as %s', (text) => {
    expect(type.normalise(text)).toEqual({ value: '192.0.2.7', content: true, problem: null });
  });

  it.each([
    '2001:db8::1',
    '2001:DB8:0:0:0:0:0:1',
    '2001:0db8:0000:0000:0000:0000:0000:0001',
    '[2001:db8::1]',
    '[2001:db8::1]:443',
    '2001:db8::1/128',
    '2001:db8::1%eth0',
  ])('of version 6 is the same written as %s', (text) => {
    expect(type.normalise(text)).toEqual({ value: '2001:db8::1', content: true, problem: null });
    expect(type.compare('2001:db8::1', text)).toBe('same');
  });

  it('is asked for mapped, in full and as a network of one', () => {
    expect(formsOf(type.spellings('192.0.2.7'), 'exact')).toEqual(
      expect.arrayContaining(['192.0.2.7', '::ffff:192.0.2.7', '192.0.2.7/32']),
    );
    expect(formsOf(type.spellings('2001:db8::1'), 'exact')).toEqual(
      expect.arrayContaining([
        '2001:0db8:0000:0000:0000:0000:0000:0001',
        '2001:DB8::1',
        '2001:db8:0:0:0:0:0:1',
      ]),
    );
  });

  it.each([
    ['192.0.2.0/24', 'it is a network, not an address'],
    ['2001:db8::/32', 'it is a network, not an address'],
    ['192.0.2', 'it is not an IP address'],
    ['192.0.2.256', 'it is not an IP address'],
    ['localhost', 'it is not an IP address'],
  ])('is not %s: %s', (text, problem) => {
    expect(type.normalise(text)).toEqual({ value: text, content: true, problem });
  });

  it('of another host is different', () => {
    expect(type.compare('192.0.2.7', '192.0.2.70')).toBe('different');
    expect(type.compare('2001:db8::1', '2001:db8::10')).toBe('different');
  });
});
