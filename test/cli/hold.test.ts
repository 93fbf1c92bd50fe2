import { describe, expect, it } from 'vitest';
import { connectorEntries } from '../../connectors/index.js';
import { changeWorkspace } from '../case/change-support.js';
import { dsr } from '../support/terminal.js';

const NOW = { DSR_NOW: '2026-11-26T09:00:00Z' };

function calls() {
  const { dir } = changeWorkspace();
  return async (...argv: readonly string[]) => {
    const { code, stdout, stderr } = await dsr([...argv, '--operator', 'eva'], {
      ...{ cwd: dir, env: NOW, entries: connectorEntries },
    });
    return { code, stdout, stderr };
  };
}

describe('dsr hold', () => {
  it('is told in words, from the first to the last', async () => {
    const call = calls();
    const person = ['hold', 'add', 'anna@example.se', '--ground', 'legal-claims'];
    expect((await call(...person)).stdout).toContain('H1  holds a person (1 identifier): legal-claims.');
    const collection = ['hold', 'add', '--collection', 'billing.invoices', '--ground', 'archiving'];
    expect((await call(...collection)).stdout).toContain('H2  holds billing.invoices: archiving.');

    const erased = await call('erase', 'anna@example.se', '--yes');
    expect(erased.code).toBe(4);
    expect(erased.stdout.match(/H1 holds this person’s erasure: legal-claims/g)).toHaveLength(1);
    expect(erased.stdout).toContain('Nothing was changed: a hold stands against it.');
    expect(erased.stdout).toContain('Request R-2026-0001 stays open.');
    const [head, first, second] = (await call('hold', 'list')).stdout.split('\n');
    expect(head).toMatch(/^Hold +on +ground +since +by +released +requests$/);
    expect(first).toMatch(/^H1 +a person \(2 identifiers\) +legal-claims +2026-11-26 +eva +- +R-2026-0001$/);
    expect(second).toMatch(/^H2 +billing.invoices +archiving +2026-11-26 +eva +- +-$/);

    const released = (await call('hold', 'release', 'H1')).stdout;
    expect(released).toContain('Comes back: the erasure of R-2026-0001.\nTo carry it out: dsr sweep');
    expect((await call('hold', 'release', 'H2')).stdout).toContain('Nothing had waited for it.');
    expect((await call('hold', 'list')).stdout).toBe('Nothing is held.\n');
    expect((await call('hold', 'list', '--all')).stdout).toMatch(/H2 .* 2026-11-26 eva +-/);
    expect(await call('hold', 'release', 'H2')).toMatchObject({ code: 2, stdout: '' });
  });

  it('says where nothing was found of somebody who is held', async () => {
    const call = calls();
    await call('hold', 'add', 'nobody@example.se', '--ground', 'legal-claims');
    const { code, stdout } = await call('erase', 'nobody@example.se', '--yes');
    expect(code).toBe(4);
    expect(stdout).toContain('No data found about this person in 2 sources.');
    expect(stdout.match(/H1 holds this person’s erasure/g)).toHaveLength(1);
  });

  it.each([
    ['no ground', ['anna@example.se'], /required option/],
    ['another ground', ['anna@example.se', '--ground', 'third-party-rights'], /not valid/],
    ['nobody', ['--ground', 'archiving'], /no identifier was given/],
    [
      'a person and a collection',
      ['anna@example.se', '--collection', 'crm.notes', '--ground', 'archiving'],
      /both/,
    ],
    [
      'a request and a collection',
      ['--request', 'R-2026-0001', '--collection', 'crm.notes', '--ground', 'archiving'],
      /both/,
    ],
    ['no such request', ['--request', 'R-2026-0001', '--ground', 'archiving'], /no request of that number/],
  ])('refuses %s', async (_, args, message) => {
    const { code, stderr } = await calls()('hold', 'add', ...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('anna@example.se');
  });
});
