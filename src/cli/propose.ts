import type { ChangeInput, Proposal } from '../case/change/change.js';
import { askRecords } from './ask.js';
import type { ConsentFlags } from './change-flags.js';
import { isAskable } from './io.js';
import type { Session } from './session.js';

/** Whether somebody is there to answer, and is to be asked. */
export function canAsk({ io, flags }: Session): boolean {
  return isAskable(io) && !flags.json;
}

/**
 * The plan is printed, then the number of records asked for. `--yes` answers; where nobody can be asked,
 * the answer is no.
 */
export function proposing(
  session: Session,
  { yes, dryRun }: ConsentFlags,
): Pick<ChangeInput, 'dryRun' | 'show' | 'confirm'> {
  const { output, io, signal } = session;
  return {
    dryRun: dryRun ?? false,
    async show(proposal: Proposal) {
      if (output.json || proposal.actions.length === 0) return;
      const { planLines } = await import('./view/plan.js');
      for (const warning of proposal.warnings) output.warning(warning);
      await output.print(planLines(proposal, output.style));
      // what is to be confirmed must have been seen
      if (yes !== true && dryRun !== true && canAsk(session) && io.stdout.isTTY !== true) {
        output.error(planLines(proposal, output.errorStyle));
      }
    },
    async confirm({ records }) {
      if (yes === true) return true;
      if (!canAsk(session)) return false;
      output.clear();
      return askRecords(io, signal, records);
    },
  };
}
