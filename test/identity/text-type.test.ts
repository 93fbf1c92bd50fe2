import { describe, expect, it } from 'vitest';
import { formsOf } from '../../src/identity/spelling.js';
import { textType } from '../../src/identity/text-type.js';

describe('a text compared exactly', () => {
  const type = textType('username', 'exact', 'user.account.username');

  it('is trimmed, and another case is near', () => {
    expect(type.normalise(' Anna ')).toEqual({ value: 'Anna', content: true, problem: null });
    expect(type.compare('Anna', 'Anna ')).toBe('same');
    expect(type.compare('Anna', 'anna')).toBe('near');
    expect(type.compare('Anna', 'anne')).toBe('different');
  });

  it('is asked for in other cases too, so that candidates are found', () => {
    expect(formsOf(type.spellings('Anna'), 'exact')).toEqual(['Anna', 'anna', 'ANNA', 'Anna ']);
  });
});

describe('a text compared without case', () => {
  const type = textType('login', 'folded', null);

  it('is the same in any case', () => {
    expect(type.normalise('ÅSA').value).toBe('åsa');
    expect(type.compare('åsa', 'Åsa')).toBe('same');
    expect(type.compare('åsa', 'asa')).toBe('different');
  });
});

describe('a text compared by its digits', () => {
  const type = textType('customer_no', 'digits', null);

  it('is the same with signs, and as an integer', () => {
    expect(type.normalise('00-123').value).toBe('00123');
    expect(type.compare('00123', 'K 00 123')).toBe('same');
    expect(type.compare('00123', '123')).toBe('same');
    expect(type.compare('00123', '1230')).toBe('different');
    expect(formsOf(type.spellings('00123'), 'digits')).toEqual(['00123', '123']);
  });

  it('without digits says so', () => {
    expect(type.normalise('ny').problem).toContain('no digits');
    expect(type.compare('ny', '')).toBe('different');
  });

  it('takes 0 for a value', () => {
    expect(type.normalise('0')).toEqual({ value: '0', content: true, problem: null });
    expect(type.compare('0', '000')).toBe('same');
    expect(formsOf(type.spellings('0'), 'digits')).toContain('0');
  });
});
