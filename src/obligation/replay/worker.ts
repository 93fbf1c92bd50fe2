import { parentPort, workerData } from 'node:worker_threads';
import type { HashingAnswer, HashingSetup, HashingTask } from './protocol.js';
import { tagMatching } from './tag-matches.js';

/** A thread that holds values against the ledger's tags. Built as a file of its own (build.mjs). */
const matching = tagMatching(workerData as HashingSetup);

parentPort?.on('message', ({ id, type, values }: HashingTask) => {
  parentPort?.postMessage({ id, matches: matching({ type, values }) } satisfies HashingAnswer);
});
