import type { Call, Connector, ConnectorFactory } from '../../src/connector/contract.js';
import { check } from './check.js';
import { compact } from './compact.js';
import { describe } from './describe.js';
import { fileFacts } from './file.js';
import { sqliteLeftovers } from './leftovers.js';
import { type Options, parse } from './options.js';
import { sqliteReader } from './reader.js';
import { refuseSameFile, remember, sameFileFindings } from './same-file.js';
import { openSession, type Session } from './session.js';
import { threadsOf } from './thread.js';
import { sqliteWriter } from './writer.js';

/**
 * SQLite files. `connection` is the file's path, from the workspace, or `{ file: path }`; `options` may
 * be `{ secure_delete: true, vacuum: true }`.
 *
 * A reader holds one snapshot. In WAL mode that hinders nobody; in the other journal modes programs
 * that write wait until the reader is closed. A writer keeps other writers out from its opening on.
 */
const sqlite: ConnectorFactory<Options> = {
  name: 'sqlite',
  parse,
  // A path is no secret.
  redact: ({ file, secureDelete, vacuum }) => ({ file, secure_delete: secureDelete, vacuum }),
  open,
};
export default sqlite;

async function open({ source, file, scratch, ...physical }: Options): Promise<Connector> {
  const place = { source, file };
  await fileFacts(place);
  const forget = remember(place);
  const threads = threadsOf(place);
  const writing = { ...place, writing: true };
  const writers = threadsOf(writing);
  async function session(call: Call): Promise<Session> {
    await fileFacts(place);
    return openSession(threads, place, call);
  }
  /** A snapshot for one question. */
  async function once<T>(call: Call, ask: (opened: Session) => Promise<T>): Promise<T> {
    const opened = await session(call);
    try {
      return await ask(opened);
    } finally {
      await opened.close();
    }
  }
  return {
    properties: {
      matchModes: ['exact', 'folded', 'digits'],
      atomicity: 'transaction',
      concurrency: 1,
      lookup: 'index',
    },
    check: (call, matched) =>
      once(call, async (opened) => [
        ...(await check(opened, call, matched)),
        ...(await sameFileFindings(place)),
      ]),
    describe: (call) => once(call, (opened) => describe(opened, call)),
    async reader(call) {
      return sqliteReader(await session(call), call, scratch);
    },
    async writer(call) {
      await fileFacts(writing);
      await refuseSameFile(place);
      return sqliteWriter(await openSession(writers, writing, call, physical.secureDelete), call, scratch);
    },
    leftovers: (call) => once(call, (opened) => sqliteLeftovers(opened, call, physical)),
    ...(physical.vacuum ? { compact: (call: Call) => compact(writers, writing, call) } : {}),
    async close() {
      forget();
      await Promise.all([threads.end(), writers.end()]);
    },
  };
}
