import type { Command } from 'commander';
import { addDecisionFlags, type DecisionFlags } from './decision-flags.js';

/** What every command that changes data takes. */
export interface ConsentFlags {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

export interface ChangeFlags extends ConsentFlags, DecisionFlags {
  readonly planOut?: string;
  readonly request?: string;
}

export function addConsentFlags(command: Command): Command {
  return command
    .option('--yes', 'go on without asking, once the plan is printed')
    .option('--dry-run', 'stop after the plan: nothing is changed, no request is opened');
}

/** Beside those, what a command takes that draws the plan up itself. */
export function addChangeFlags(command: Command): Command {
  addConsentFlags(command)
    .option('--plan-out <file>', 'save the plan to a new file, for `dsr apply`; it holds personal data')
    .option('--request <id>', 'do it for this request (default: opens one)');
  return addDecisionFlags(command);
}
