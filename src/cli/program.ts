import { Command } from 'commander';
import { version } from '../model/tool.js';
import { addApply } from './command/apply.js';
import { addConnectors } from './command/connectors.js';
import { addDemo } from './command/demo.js';
import { addDoctor } from './command/doctor.js';
import { addDue } from './command/due.js';
import { addErase } from './command/erase.js';
import { addExport } from './command/export.js';
import { addFind } from './command/find.js';
import { addHold } from './command/hold.js';
import { addInit } from './command/init.js';
import { addLedger } from './command/ledger.js';
import { addMap } from './command/map.js';
import { addRectify } from './command/rectify.js';
import { addReplay } from './command/replay.js';
import { addRequest } from './command/request.js';
import { addResume } from './command/resume.js';
import { addSweep } from './command/sweep.js';
import { addVerify } from './command/verify.js';
import { addGlobalOptions } from './global-options.js';
import type { Runtime } from './session.js';

/** The whole command tree. Nothing heavy is loaded by building it: a command loads what it runs. */
export function buildProgram(runtime: Runtime): Command {
  const program = new Command('dsr')
    .description(
      'Fulfil data-subject requests: find a person across every database, hand out, correct and erase what is held.',
    )
    .version(version, '-V, --version', 'the version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => runtime.io.stdout.write(text),
      // errors are told in one place, by main
      writeErr: () => {},
      outputError: () => {},
      getOutHelpWidth: () => runtime.io.stdout.columns ?? 100,
      getOutHasColors: () => false,
    })
    .configureHelp({ showGlobalOptions: false });
  for (const add of commands) add(program, runtime);
  everyCommand(program).forEach(addGlobalOptions);
  return program;
}

/** A command and all below it, in the order of the help. */
export function everyCommand(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

/** In the order in which they are met. */
const commands: readonly ((parent: Command, runtime: Runtime) => void)[] = [
  addInit,
  addDemo,
  addDoctor,
  addMap,
  addFind,
  addExport,
  addRectify,
  addErase,
  addApply,
  addResume,
  addVerify,
  addReplay,
  addHold,
  addDue,
  addSweep,
  addRequest,
  addLedger,
  addConnectors,
];
