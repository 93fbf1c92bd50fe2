import { expect, it } from 'vitest';
import { openSession } from './database-session.js';
import { permittedSkip } from './permitted-skip.js';
import { startServer } from './servers.js';

it.for(['postgres', 'mysql'] as const)(
  'an installed %s is started in a temporary folder and is gone after stop',
  async (engine, context) => {
    const server = await startServer(engine);
    if (server === null) return permittedSkip(context, 'server');
    const session = await openSession(engine, server.url);
    expect(await session.exec('select 1 as one')).toEqual([{ one: 1 }]);
    await session.end();
    await server.stop();
    await expect(openSession(engine, server.url)).rejects.toThrow();
  },
);
