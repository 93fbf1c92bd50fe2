import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { caseWorkspace } from '../cases/workspace.js';

/** Built by the harness before the tests run. */
const built = join(import.meta.dirname, '../../dist/dsr.js');

it('a second Ctrl-C ends the process at once, though SQLite is deep in one step', async () => {
  const world = await caseWorkspace('sqlite', {
    crm: {
      sql: [
        `create view gathered (id, email) as
         with recursive n (i) as (select 1 union all select i + 1 from n where i < 2000000000)
         select 1, max(i) || '@example.se' from n`,
      ],
      collections: {
        gathered: {
          key: ['id'],
          subject: 'customer',
          system: ['id'],
          fields: { email: { category: 'user.contact.email', identifier: 'email' } },
          erase: 'delete',
        },
      },
    },
  });
  const child = spawn(process.execPath, [built, 'find', 'anna@example.se', '--json'], {
    cwd: world.folder,
    env: { ...process.env, CRM_URL: world.databases.crm?.connection ?? '' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (part: Buffer) => (errors += part.toString('utf8')));
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
  try {
    while (!existsSync(join(world.folder, '.dsr', 'ledger.db'))) await wait(50);
    await wait(1_500);
    expect(child.exitCode, errors).toBeNull();
    child.kill('SIGINT');
    await wait(100);
    const second = Date.now();
    child.kill('SIGINT');
    expect((await ended)[1]).toBe('SIGINT');
    // The first one alone gives the thread half a second.
    expect(Date.now() - second).toBeLessThan(400);
  } finally {
    child.kill('SIGKILL');
    await world.close();
  }
});
