import { setFlagsFromString } from 'node:v8';
import type { ConnectorEntry } from '../connector/registry.js';
import { reportOf } from './error-report.js';
import type { ExitCode } from './exit-code.js';
import { processIo } from './io.js';
import { main } from './main.js';
import { createOutput } from './output.js';
import { printError } from './view/error.js';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** `dsr` as a process: joins main to signals and to what nobody caught. */
export async function run(entries: readonly ConnectorEntry[]): Promise<ExitCode> {
  // An export streams: what it leaves behind is garbage, and shall be collected before memory grows by it.
  setFlagsFromString('--heap-growing-percent=60');
  const io = processIo();
  const abort = new AbortController();
  const onSignal = () => {
    // the second one does not wait for anything to be put away, nor, as process.exit() would, for threads
    if (abort.signal.aborted) {
      process.removeAllListeners('SIGINT');
      process.kill(process.pid, 'SIGINT');
    }
    abort.abort();
  };
  const onUncaught = async (error: unknown) => {
    const report = reportOf(error, abort.signal.aborted);
    const json = process.argv.includes('--json');
    printError(await createOutput(io, { json, quiet: false, color: true }), report);
    process.exit(report.code);
  };
  for (const signal of signals) process.on(signal, onSignal);
  process.on('uncaughtException', onUncaught);
  process.on('unhandledRejection', onUncaught);
  try {
    return await main(process.argv.slice(2), io, entries, abort.signal);
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
    // a command that waited for standard input must not keep the process alive
    process.stdin.unref?.();
  }
}
