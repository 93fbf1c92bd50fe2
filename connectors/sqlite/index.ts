import { resolve } from 'node:path';
import type { Call, Connector, ConnectorFactory, SourceConfig } from '../../src/connector/contract.js';
import { DsrError } from '../../src/model/error.js';
import { check } from './check.js';
import { describe } from './describe.js';
import type { Place } from './errors.js';
import { fileFacts } from './file.js';
import { sqliteReader } from './reader.js';
import { refuseSameFile, remember, sameFileFindings } from './same-file.js';
import { openSession, type Session } from './session.js';
import { threadsOf } from './thread.js';
import { sqliteWriter } from './writer.js';

/**
 * SQLite files. `connection` is the file's path, from the workspace, or `{ file: path }`.
 *
 * A reader holds one snapshot. In WAL mode that hinders nobody; in the other journal modes programs
 * that write wait until the reader is closed. A writer keeps other writers out from its opening on.
 */
const sqlite: ConnectorFactory<Options> = {
  name: 'sqlite',
  parse,
  // A path is no secret.
  redact: ({ file }) => ({ file }),
  open,
};
export default sqlite;

interface Options extends Place {
  /** Where keys may be put aside; `SourceConfig.scratch`. */
  readonly scratch: string;
}

function parse({ name, connection, options, workspace, scratch }: SourceConfig): Options {
  const file = typeof connection === 'string' ? connection : fileIn(connection);
  if (file === null || file === '') {
    throw new DsrError('config', `the source '${name}' needs the path of a SQLite file as its connection`, {
      hint: 'connection: data/crm.db   (from the folder of dsr.yaml)',
    });
  }
  const [unknown] = Object.keys(options);
  if (unknown !== undefined) {
    throw new DsrError('config', `the source '${name}' has an option that sqlite does not know: ${unknown}`, {
      hint: 'sqlite takes no options',
    });
  }
  return {
    source: name,
    file: resolve(workspace, file.replace(/^(?:sqlite:|file:)(?:\/\/)?/, '')),
    scratch,
  };
}

function fileIn(connection: unknown): string | null {
  if (typeof connection !== 'object' || connection === null || !('file' in connection)) return null;
  return typeof connection.file === 'string' ? connection.file : null;
}

async function open({ scratch, ...place }: Options): Promise<Connector> {
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
      return sqliteWriter(await openSession(writers, writing, call), call, scratch);
    },
    async close() {
      forget();
      await Promise.all([threads.end(), writers.end()]);
    },
  };
}
