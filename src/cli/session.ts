import { homedir, userInfo } from 'node:os';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Context } from '../case/context.js';
import { type ConnectorEntry, registryOf } from '../connector/registry.js';
import { DsrError } from '../model/error.js';
import { clockOf } from './clock.js';
import type { ExitCode } from './exit-code.js';
import { type GlobalFlags, globalFlags } from './global-options.js';
import type { Io } from './io.js';
import { createOutput, type Output } from './output.js';

/** What a call of the command line is made of, whatever the command. */
export interface Runtime {
  readonly io: Io;
  readonly entries: readonly ConnectorEntry[];
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** What the command that ran ended with. */
  ended: ExitCode;
  /** Context.boundary. */
  readonly boundary: (step: string) => void;
  /** Another call, as if it were typed in that folder; `dsr demo` tells its story so. */
  call(argv: readonly string[], io: Io): Promise<ExitCode>;
}

/** What one command is handed. */
export interface Session {
  readonly io: Io;
  readonly signal: AbortSignal;
  readonly flags: GlobalFlags;
  readonly output: Output;
  readonly entries: readonly ConnectorEntry[];
  call(argv: readonly string[], io: Io): Promise<ExitCode>;
  /** The context of the workspace that -C names or that lies upward. Throws DsrError('config'). */
  context(): Promise<Context>;
  /** The same in a folder that need not be a workspace yet. */
  contextAt(folder: string): Context;
}

/** Milliseconds that one call to a source may take. */
const TIMEOUT_MS = 10 * 60_000;

/** Joins a command to what it does: `run` gets its flags and its arguments, and answers the exit code. */
export function onRun<Flags extends object>(
  command: Command,
  runtime: Runtime,
  run: (session: Session, flags: Flags, args: readonly string[]) => Promise<ExitCode>,
): void {
  command.action(async () => {
    const flags = globalFlags(command);
    const session = await sessionOf(runtime, flags);
    try {
      runtime.ended = await run(session, command.opts<Flags>(), command.args);
    } finally {
      session.output.clear();
    }
  });
}

async function sessionOf(runtime: Runtime, flags: GlobalFlags): Promise<Session> {
  const { io, signal, entries } = runtime;
  const output = await createOutput(io, flags);
  const clock = clockOf(io.env);
  const operator = operatorOf(flags.operator);
  const contextAt = (workspace: string): Context => ({
    workspace,
    registry: registryOf(entries),
    clock,
    operator,
    env: io.env,
    signal,
    timeoutMs: TIMEOUT_MS,
    report: output.report,
    boundary: runtime.boundary,
  });
  return {
    io,
    signal,
    flags,
    output,
    entries,
    call: runtime.call,
    contextAt,
    async context() {
      const { findWorkspace } = await import('../case/workspace.js');
      const given = flags.workspace === null ? null : resolve(io.cwd, untilde(flags.workspace));
      return contextAt(findWorkspace(given, io.cwd).dir);
    },
  };
}

/** `~/x` where no shell expanded it (`--workspace=~/x`). */
function untilde(path: string): string {
  return path === '~' || path.startsWith('~/') ? homedir() + path.slice(1) : path;
}

function operatorOf(given: string | null): string {
  if (given !== null) {
    if (/\p{C}/u.test(given) || given.length > 100) {
      throw new DsrError('usage', '--operator is not a name', { hint: 'one line of at most 100 characters' });
    }
    if (given.trim() !== '') return given.trim();
    throw new DsrError('usage', '--operator is empty', { hint: 'give the name that the ledger shall keep' });
  }
  try {
    return userInfo().username;
  } catch {
    // a container may run under a number that no user has
    return `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}
