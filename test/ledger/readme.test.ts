import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { canonicalBody, chainHash, FIRST, type Link } from '../../src/ledger/chain.js';
import { keyOf } from '../../src/ledger/key.js';
import { permittedSkip } from '../harness/permitted-skip.js';
import { findOf, folder, ledgerIn } from './support.js';

const README = readFileSync(join(import.meta.dirname, '../../src/ledger/README.md'), 'utf8');

/** The code blocks of that language. */
function blocks(language: string): readonly string[] {
  return [...README.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    ([, text]) => text ?? '',
  );
}

const vectors = (blocks('jsonl')[0] ?? '')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Link);
const KEY = Uint8Array.from({ length: 32 }, (_, index) => index);

/** The hex in the row of that name. */
function tagNamed(name: string): string {
  const rows = README.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  const hex = rows
    .filter((row) => row[1] === name)
    .map((row) => /^`([0-9a-f]{64})`$/.exec(row[2] ?? '')?.[1]);
  return hex.find((one) => one !== undefined) ?? '';
}

describe('the test vectors in the README', () => {
  test('are what this code makes of the same entries', () => {
    expect(vectors).toHaveLength(4);
    let previous = FIRST;
    for (const { body, hash } of vectors) {
      expect(canonicalBody(JSON.parse(body))).toBe(body);
      expect(chainHash(previous, body)).toBe(hash);
      previous = hash;
    }
  });

  test('follow from the words of the README alone', () => {
    let previous = '0'.repeat(64);
    for (const { body, hash } of vectors) {
      expect(
        createHash('sha256')
          .update(Buffer.concat([Buffer.from(previous), Buffer.from(body)]))
          .digest('hex'),
      ).toBe(hash);
      previous = hash;
    }
    const hmac = (message: string) => createHmac('sha256', KEY).update(message).digest('hex');
    expect(tagNamed('identifier `email`, `anna@example.se`')).toBe(
      hmac('dsr:subject\nemail\nanna@example.se'),
    );
    expect(tagNamed('mac of the head after the entries below')).toBe(hmac(`dsr:head\n4\n${previous}`));
  });

  test('give the tags of this code', () => {
    const key = keyOf(KEY);
    expect(tagNamed('identifier `email`, `anna@example.se`')).toBe(
      key.subjectTag('email', 'anna@example.se'),
    );
    expect(tagNamed('identifier `personnummer`, `199006022397`')).toBe(
      key.subjectTag('personnummer', '199006022397'),
    );
    expect(tagNamed('record `crm.customers`, `["1"]`')).toBe(key.recordTag('crm.customers', '["1"]'));
    expect(tagNamed('`key` of the first entry')).toBe(key.check());
    expect(tagNamed('mac of the head after the entries below')).toBe(key.headMac(4, vectors[3]?.hash ?? ''));
  });
});

describe('verifying without dsr, as the README shows', () => {
  const ways = [
    { name: 'python3', tools: ['python3'], code: blocks('python')[0] ?? '' },
    { name: 'sh', tools: ['jq', 'sha256sum'], code: blocks('sh')[0] ?? '' },
  ];

  for (const { name, tools, code } of ways) {
    const missing = tools.filter((tool) => spawnSync('which', [tool]).status !== 0);
    test(`holds for an export and fails on a changed one, with ${name}`, async (context) => {
      if (missing.length > 0) permittedSkip(context, `${missing.join(', ')} is not installed`);
      const dir = folder();
      const ledger = await ledgerIn(dir);
      ledger.appendAll([findOf(ledger), { ...findOf(ledger), operator: 'Åsa "Ö" \\ Öberg' }]);
      const lines = [...ledger.links()].map((link) => `${JSON.stringify(link)}\n`);
      const file = join(dir, 'ledger.jsonl');
      const script = join(dir, 'script');
      writeFileSync(script, code);
      writeFileSync(file, lines.join(''));
      expect(execFileSync(name, [script, file], { encoding: 'utf8' })).toContain(ledger.head().hash);
      writeFileSync(file, lines.join('').replace('"per\\"', '"pia\\"').replace('\\"per\\"', '\\"pia\\"'));
      expect(spawnSync(name, [script, file]).status).toBe(1);
    });
  }
});
