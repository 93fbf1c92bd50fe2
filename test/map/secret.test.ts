import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DsrError } from '../../src/model/error.js';
import { crm, HEAD, load, problemsOf } from './support.js';

const withConnection = (connection: string, rest = '') =>
  `${HEAD}sources:\n  crm:\n    connector: postgres\n    connection: ${connection}\n${rest}`;

test.each([
  ['a password in a URL', 'postgres://app:hunter2@db/crm'],
  ['a password with a slash in it', 'postgres://app:hun/ter2@db/crm'],
  ['a password with an at sign in it', 'postgres://app:hunter2@x@db/crm'],
  ['a password beside a variable', `postgres://app:hunter2\${PORT}@db/crm`],
  ['a password beside a host from a variable', `postgres://app:hunter2@\${PORT}/crm`],
  ['a password in the query', 'postgres://db/crm?user=app&password=hunter2'],
  ['a password in a DSN', '"host=db user=app password=hunter2"'],
  ['a password in an object', '{ host: db, password: hunter2 }'],
  ['a number as password', '{ host: db, pwd: 12345678 }'],
  ['a token deep in an object', '{ auth: { accessToken: hunter2 } }'],
  ['an escaped variable as password', `{ password: "$\${PORT}" }`],
  ['a private key', '"-----BEGIN RSA PRIVATE KEY-----hunter2"'],
])('%s is a config error that does not show it', (_, connection) => {
  const problems = problemsOf(withConnection(connection), { PORT: '5432' });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(
    /^error dsr\.yaml:1[23]:\d+ sources\.crm\.connection.*literal password or secret/,
  );
  expect(problems[0]).not.toContain('hunter2');
});

test('a secret under options or straight under the source is one too', () => {
  const options = problemsOf(withConnection('x.db', '    options: { ssl: { passphrase: hunter2 } }'));
  expect(options).toEqual([expect.stringContaining('sources.crm.options.ssl.passphrase: holds a literal')]);
  expect(problemsOf(withConnection('x.db', '    password: hunter2')).join('\n')).not.toContain('hunter2');
});

test.each([
  ['a path', './data/crm.db'],
  ['a URL without password', 'postgres://app@db:5432/crm?application_name=a@b'],
  ['a URL with a host and port only', 'postgres://db:5432/crm'],
  ['an empty password', 'mysql://root:@localhost/crm'],
  ['a whole URL from the environment', `\${SECRET}`],
  ['a password from the environment', `postgres://app:\${SECRET}@db/crm`],
  ['an object with it from the environment', `{ host: db, password: "\${SECRET}", keyFile: ./client.key }`],
])('%s is fine', (_, connection) => {
  expect(problemsOf(withConnection(connection), { SECRET: 'hunter2' })).toEqual([]);
});

test('a missing variable is named with its place; all of them', () => {
  expect(problemsOf(withConnection(`\${A_URL}`, `    options: { schema: "\${B}" }`), {})).toEqual([
    'error dsr.yaml:13:5 sources.crm.connection: the environment variable A_URL is not set (set it before the call: export A_URL=…)',
    'error dsr.yaml:14:16 sources.crm.options.schema: the environment variable B is not set (set it before the call: export B=…)',
  ]);
});

test('what is no name of a variable is an error, and two dollars escape', () => {
  expect(problemsOf(withConnection(`"\${A:-b}"`), {})[0]).toContain(`holds a \${ that is not the name`);
  expect(problemsOf(withConnection(`"\${A"`), {})[0]).toContain(`holds a \${ that is not the name`);
  expect(load(withConnection(`"$\${A}.db"`), {}).sources[0]?.connection).toBe(`\${A}.db`);
});

test('a variable is data, whatever YAML its value would be', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => text.trim() !== ''),
      (value) => {
        const map = load(withConnection(`\${CRM}`), { CRM: value });
        expect(map.sources[0]?.connection).toBe(value);
      },
    ),
    { numRuns: 50 },
  );
});

test('a value of a variable stands in no error, wherever the variable is used', () => {
  const text = crm(`customers:
  erase: \${S}
  fields: { a: "\${S}", b: { category: "\${S}", identifier: "\${S}", references: "\${S}", relation: none } }
  key: "\${S}"`).replace('postgres\n', `postgres\n    timezone: \${S}\n`);
  const problems = problemsOf(text, { S: 'hunter2/x', CRM_DATABASE_URL: 'x' });
  expect(problems.length).toBeGreaterThan(2);
  expect(problems.join('\n')).not.toContain('hunter2');
});

test('a value of a variable stands in no error of a rule either', () => {
  const text = crm(`customers:
  fields: { b: { category: user.name, identifier: "\${S}", of: "\${S}" }, c: { references: "\${S}.id", relation: none } }
  references: [{ fields: [x], to: "\${S}", relation: none }]`).replace('Europe/Stockholm', `\${S}`);
  const problems = problemsOf(text, { S: 'hunter2', CRM_DATABASE_URL: 'x' });
  expect(problems.length).toBeGreaterThan(3);
  expect(problems.join('\n')).not.toContain('hunter2');
});

test('a syntax error does not quote its line', () => {
  for (const line of [
    'postgres://a:hunter2@x: y: z',
    '"postgres://a:hunter2@x',
    '*hunter2',
    '!hunter2 x',
    '[hunter2',
    '@hunter2',
  ]) {
    const problems = problemsOf(withConnection(line));
    expect(problems.length, line).toBeGreaterThan(0);
    expect(problems.join('\n')).not.toContain('hunter2');
  }
});

test('a connection that slipped into a key is not shown either', () => {
  for (const text of [
    withConnection('x.db', '    postgres://app:hunter2@db/crm:'),
    `${HEAD}sources:\n  postgres://app:hunter2@db/crm: {}`,
  ]) {
    const problems = problemsOf(text);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.join('\n')).not.toContain('hunter2');
  }
});

test('a connection that slipped to another line is not quoted', () => {
  const text = withConnection('x.db').replace('language: sv', 'language: host=db password=hunter2');
  expect(problemsOf(text)).toEqual([
    expect.stringContaining('controller.language: what stands here is not known'),
  ]);
});

test('the hash knows nothing of connections, options and variables, and all of the rest', () => {
  const hash = (text: string, url = 'a') => load(text, { U: url, V: 'b' }).hash;
  const one = withConnection(`\${U}`, `    options: { key: "\${U}" }`);
  expect(hash(one)).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(hash(one, 'other')).toBe(hash(one));
  expect(hash(withConnection(`\${V}`, `    options: { key: "\${U}" }`))).toBe(hash(one));
  expect(hash(one.replace('key:', 'kex:'))).not.toBe(hash(one));
  expect(hash(one.replace('Onefin', 'Twofin'))).not.toBe(hash(one));
  const swapped = one.replace('    connector: postgres\n', '').concat('\n    connector: postgres\n');
  expect(hash(swapped)).toBe(hash(one));
});

test('the thrown error is a DsrError without a cause', () => {
  try {
    load(withConnection('postgres://app:hunter2@db/crm'));
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(DsrError);
    expect(error).not.toHaveProperty('cause');
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error as object))).not.toContain('hunter2');
  }
});
