import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { identifierTypes } from '../../src/identity/identifier-types.js';
import { DsrError } from '../../src/model/error.js';
import { clock, FICTIVE_PHONE } from './people.js';

const types = identifierTypes(
  {
    customer_no: { strength: 'strong', single: true, match: 'exact' },
    badge: { strength: 'weak' },
    email: { never: ['info@*', 'Faktura@*', '*@räksmörgås.example.se'] },
    phone: { never: ['08-46500400'], strength: 'strong' },
    username: { match: 'folded' },
  },
  { clock },
);

function refusal(act: () => unknown): DsrError {
  try {
    act();
  } catch (error) {
    if (error instanceof DsrError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('the types', () => {
  it('are the built-in ones and those of the map', () => {
    expect(types.names).toEqual([
      'email',
      'phone',
      'personnummer',
      'organisationsnummer',
      'name',
      'ip',
      'cookie_id',
      'username',
      'customer_no',
      'badge',
    ]);
  });

  it.each([
    ['email', 'strong', false, 'folded'],
    ['phone', 'weak', false, 'digits'],
    ['personnummer', 'strong', true, 'digits'],
    ['organisationsnummer', 'strong', false, 'digits'],
    ['name', 'weak', false, 'folded'],
    ['ip', 'weak', false, 'exact'],
    ['cookie_id', 'strong', false, 'exact'],
    ['username', 'strong', false, 'exact'],
  ] as const)('%s is %s, single %s, matched %s', (name, strength, single, match) => {
    expect(identifierTypes().get(name)).toMatchObject({ name, strength, single, match });
  });

  it('of the map are strong, matched exactly and not single unless it says otherwise', () => {
    expect(types.get('badge')).toMatchObject({
      strength: 'weak',
      single: false,
      match: 'exact',
      category: null,
    });
    expect(types.get('customer_no')).toMatchObject({ strength: 'strong', single: true });
    expect(identifierTypes({ badge: {} }).get('badge').strength).toBe('strong');
  });

  it('of the map override the built-in ones in what they say only', () => {
    expect(types.get('phone')).toMatchObject({ strength: 'strong', match: 'digits', single: false });
    expect(types.get('username').compare('anna', 'ANNA')).toBe('same');
  });

  it('that do not exist are refused with the one that was meant', () => {
    expect(refusal(() => types.get('emial'))).toMatchObject({ kind: 'usage', hint: "did you mean 'email'?" });
    expect(refusal(() => types.get('shoe_size')).hint).toContain('personnummer');
    expect(refusal(() => types.get('constructor')).kind).toBe('usage');
  });
});

describe('an identifier on the command line', () => {
  it.each([
    ['email=Anna@Example.se', 'email', 'anna@example.se'],
    ['EMAIL = anna@example.se', 'email', 'anna@example.se'],
    ['anna@example.se', 'email', 'anna@example.se'],
    ['Anna <anna@example.se>', 'email', 'anna@example.se'],
    ['mailto:anna@example.se', 'email', 'anna@example.se'],
    ['email=x=y@example.se', 'email', 'x=y@example.se'],
    ['19900602-2397', 'personnummer', '199006022397'],
    ['900602-2397', 'personnummer', '199006022397'],
    ['9006022397', 'personnummer', '199006022397'],
    ['900101+9802', 'personnummer', '189001019802'],
    ['+46 70 174 06 05', 'phone', FICTIVE_PHONE],
    ['070-174 06 05', 'phone', FICTIVE_PHONE],
    ['0046701740605', 'phone', FICTIVE_PHONE],
    ['tel:+46701740605', 'phone', FICTIVE_PHONE],
    ['192.0.2.7', 'ip', '192.0.2.7'],
    ['2001:DB8::1', 'ip', '2001:db8::1'],
    ['customer_no=0', 'customer_no', '0'],
    ['name=Åsa=Öberg', 'name', 'åsa=öberg'],
    ['organisationsnummer=900602-2397', 'organisationsnummer', '199006022397'],
  ])('%s is a %s', (text, type, value) => {
    expect(types.parse(text)).toEqual({ identifier: { type, value }, warning: null });
  });

  it('that is not valid is searched with a warning that does not repeat it', () => {
    for (const text of [
      'personnummer=199006022398',
      'email=annaexample.se',
      'anna@localhost',
      'phone=070-17',
    ]) {
      const { warning } = types.parse(text);
      expect(warning).toContain('not valid');
      expect(warning).not.toMatch(/1990|anna|070/);
    }
  });

  it.each([
    'Anna Svensson',
    'annasvensson',
    '4711',
    '501011234',
    '@anna',
    'GA1.2.12345.6789',
    '070-17',
    `${'9'.repeat(500)}`,
  ])('%s is of no clear type', (text) => {
    const error = refusal(() => types.parse(text));
    expect(error).toMatchObject({ kind: 'usage', message: expect.stringContaining('not clear') });
    expect(error.hint).toContain('customer_no');
    expect(`${error.message} ${error.hint}`).not.toContain(text);
  });

  it('that is a personnummer but for its check digit is refused with the way to search it all the same', () => {
    for (const text of ['199006022398', '900602-2398']) {
      const error = refusal(() => types.parse(text));
      expect(error).toMatchObject({ kind: 'usage', hint: expect.stringContaining('personnummer=…') });
      expect(`${error.message} ${error.hint}`).not.toContain(text);
    }
  });

  it('may name its type in any case', () => {
    const declared = identifierTypes({ memberNo: {} });
    for (const text of ['memberNo=7', 'memberno=7', 'MEMBERNO=7']) {
      expect(declared.parse(text).identifier).toEqual({ type: 'memberNo', value: '7' });
    }
  });

  it('that may be a personnummer or a phone is refused with both names', () => {
    const text = ambiguous();
    const error = refusal(() => types.parse(text));
    expect(error.message).toBe('an identifier given may be a personnummer or a phone');
    expect(error.hint).not.toContain(text);
    expect(types.parse(`${text.slice(0, 6)}-${text.slice(6)}`).identifier.type).toBe('personnummer');
  });

  it.each(['', ' ', 'email=', 'email= - ', 'personnummer=-', 'customer_no='])(
    '%j is refused as empty',
    (text) => {
      expect(refusal(() => types.parse(text))).toMatchObject({
        kind: 'usage',
        message: expect.stringContaining('empty'),
      });
    },
  );

  it('of an unknown type is refused, with a hint, repeating nothing', () => {
    for (const text of ['emial=anna@example.se', 'x=y@example.se', 'anna=svensson', '=anna@example.se']) {
      const error = refusal(() => types.parse(text));
      expect(error).toMatchObject({ kind: 'usage', message: expect.stringContaining('no identifier type') });
      expect(`${error.message} ${error.hint}`).not.toMatch(/anna|svensson|emial/);
    }
    expect(refusal(() => types.parse('emial=anna@example.se')).hint).toBe("did you mean 'email'?");
  });

  it('that the map never searches is refused', () => {
    for (const text of ['info@example.se', 'email=FAKTURA@example.com', 'phone=+46846500400']) {
      const error = refusal(() => types.parse(text));
      expect(error).toMatchObject({ kind: 'usage', message: expect.stringContaining('never') });
      expect(error.message).not.toMatch(/info|FAKTURA|46500400/);
    }
  });
});

/** Ten digits that are a valid personnummer of one born in 2007 and a fictive-looking number in 070. */
function ambiguous(): string {
  for (let serial = 1; serial < 1000; serial += 1) {
    for (let check = 0; check < 10; check += 1) {
      const text = `070101${String(serial).padStart(3, '0')}${check}`;
      const person = types.get('personnummer').normalise(text).problem === null;
      if (person && types.get('phone').normalise(text).problem === null) return text;
    }
  }
  throw new Error('no number is both');
}

describe('never', () => {
  it.each([
    ['email', 'info@example.se', true],
    ['email', 'faktura@example.com', true],
    ['email', 'anna@xn--rksmrgs-5wao1o.example.se', true],
    ['email', 'anna.info@example.se', false],
    ['email', 'anna@example.se', false],
    ['phone', '+46846500400', true],
    ['phone', '+46701740605', false],
    ['name', 'info', false],
  ])('%s %s: %s', (type, value, never) => {
    expect(types.isNever(type, value)).toBe(never);
  });
});

describe('an encoded field', () => {
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const use = { type: 'email', match: null, encoding: 'sha256' } as const;

  it('is asked for the hash in hex of both cases and in bytes, exactly, whatever its type is asked by', () => {
    const { mode, forms } = types.search({ ...use, type: 'phone' }, FICTIVE_PHONE);
    expect(mode).toBe('exact');
    for (const text of [FICTIVE_PHONE, '46701740605', '0701740605']) {
      expect(forms).toEqual(
        expect.arrayContaining([sha256(text), sha256(text).toUpperCase(), `\\x${sha256(text)}`]),
      );
    }
  });

  it('compared without case is asked in lower case only', () => {
    const { forms } = types.search({ type: 'email', match: 'folded', encoding: 'md5' }, 'anna@example.se');
    expect(forms.filter((form) => /[A-F]/.test(form))).toEqual([]);
    expect(forms).toContain(createHash('md5').update('anna@example.se').digest('hex'));
  });

  it('is judged by the spelling that was hashed', () => {
    const anna = 'anna.s@example.se';
    expect(types.judge(use, anna, sha256(anna))).toBe('same');
    expect(types.judge(use, anna, `\\x${sha256(anna)}`)).toBe('same');
    expect(types.judge(use, anna, sha256('annas@example.se').toUpperCase())).toBe('near');
    expect(types.judge(use, anna, sha256('bo@example.se'))).toBe('different');
    expect(types.judge(use, anna, anna)).toBe('different');
  });

  it('of a uuid in binary is asked in the three orders in use', () => {
    const uuid = '0189F7A2-1b2c-7d3e-8f40-112233445566';
    const binary = { type: 'customer_no', match: null, encoding: 'uuid-binary' } as const;
    const { mode, forms } = types.search(binary, uuid);
    expect({ mode, forms }).toEqual({
      mode: 'exact',
      forms: [
        '\\x0189f7a21b2c7d3e8f40112233445566',
        '\\x7d3e1b2c0189f7a28f40112233445566',
        '\\xa2f789012c1b3e7d8f40112233445566',
      ],
    });
    expect(types.judge(binary, uuid, '\\x7d3e1b2c0189f7a28f40112233445566')).toBe('same');
    expect(types.search(binary, 'no uuid').forms).toEqual([]);
    expect(types.judge(binary, 'no uuid', '\\x00')).toBe('different');
  });
});

describe('a field', () => {
  it('is asked by its own mode, else by its type', () => {
    expect(types.search({ type: 'email', match: 'exact', encoding: null }, 'anna@example.se').mode).toBe(
      'exact',
    );
    expect(types.search({ type: 'email', match: null, encoding: null }, 'anna@example.se').mode).toBe(
      'folded',
    );
  });
});

it('a sole trader is looked for under both types of number', () => {
  const person = { type: 'personnummer', value: '199006022397' };
  const trader = { type: 'organisationsnummer', value: '199006022397' };
  expect(types.alsoKnownAs(person)).toEqual([trader]);
  expect(types.alsoKnownAs(trader)).toEqual([person]);
  expect(types.alsoKnownAs({ type: 'email', value: 'anna@example.se' })).toEqual([]);
});

it('the variants of a value hold every spelling, in every case and composition', () => {
  expect(types.variants('phone', FICTIVE_PHONE)).toEqual(
    expect.arrayContaining(['070-174 06 05', '46701740605']),
  );
  expect(types.variants('personnummer', '199006022397')).toEqual(
    expect.arrayContaining(['900602-2397', '19900602-2397', '9006022397']),
  );
  const name = types.variants('name', 'åsa öberg');
  expect(name).toEqual(
    expect.arrayContaining(['Åsa Öberg', 'ÅSA ÖBERG', 'Öberg, Åsa', 'Åsa Öberg'.normalize('NFD')]),
  );
  expect(name.every((text) => text.trim() === text)).toBe(true);
});
