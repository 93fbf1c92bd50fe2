import type { Call } from '../../src/connector/contract.js';
import type { Place } from './errors.js';
import { fileFacts } from './file.js';
import { writerWaitMs } from './session.js';
import type { Threads } from './thread.js';

/**
 * VACUUM, and in WAL mode a checkpoint that cuts the log off. Needs the file for itself (in WAL mode: no
 * writer, and no reader that began before), and as much room on the disk as the file takes. Where the
 * time is out it ends at SQLite's next step, which may be its last.
 *
 * @throws DsrError transient where other programs hold the file.
 */
export async function compact(threads: Threads, place: Place, call: Call): Promise<void> {
  await fileFacts(place);
  const thread = threads.take();
  try {
    await thread.ask(call, { op: 'compact', file: place.file, waitMs: writerWaitMs(call) });
  } finally {
    await threads.give(thread);
  }
}
