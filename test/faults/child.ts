import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { connectorEntries } from '../../connectors/index.js';
import { processIo } from '../../src/cli/io.js';
import { main } from '../../src/cli/main.js';
import { makeRandomConstant } from './constant-random.js';
import { losingAnswers } from './lost-answers.js';

/**
 * `dsr` as a process that something happens to, by its environment:
 *
 * - DSR_STEPS: a file that gets the name of every step boundary it comes by.
 * - DSR_DIE_AT: the boundary, from 1, at which it kills itself by what nothing can catch.
 * - DSR_PAUSE_AT, DSR_PAUSE: the boundary at which it stands still until the file `<DSR_PAUSE>.go` is there;
 *   `<DSR_PAUSE>` is, while it does.
 * - DSR_LOSE: the answer to a commit that does not come (lost-answers.ts).
 * - DSR_ENDED: a file that is there once the command is over, though the process may live on.
 */
const { DSR_STEPS, DSR_DIE_AT, DSR_PAUSE_AT, DSR_PAUSE, DSR_LOSE, DSR_ENDED } = process.env;
let passed = 0;

function boundary(step: string): void {
  passed += 1;
  if (DSR_STEPS !== undefined) appendFileSync(DSR_STEPS, `${step}\n`);
  if (passed === Number(DSR_DIE_AT)) die();
  if (passed === Number(DSR_PAUSE_AT) && DSR_PAUSE !== undefined) pause(DSR_PAUSE);
}

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  // Nothing of this process goes on, not even until the signal is there.
  for (;;) stand(1_000);
}

/** The whole process: a boundary is told, not waited for. */
function pause(file: string): void {
  writeFileSync(file, '');
  while (!existsSync(`${file}.go`)) stand(5);
}

function stand(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

makeRandomConstant();
process.exitCode = await main(
  process.argv.slice(2),
  processIo(),
  DSR_LOSE === undefined ? connectorEntries : losingAnswers(connectorEntries, DSR_LOSE),
  new AbortController().signal,
  boundary,
);
if (DSR_ENDED !== undefined) writeFileSync(DSR_ENDED, '');
