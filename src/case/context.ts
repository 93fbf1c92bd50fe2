import type { Registry } from '../connector/registry.js';
import type { Clock } from '../model/clock.js';

/** What every operation is handed; nothing in here is global. */
export interface Context {
  /** The folder with dsr.yaml. */
  readonly workspace: string;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly operator: string;
  /** The environment that `${ENV}` in the map is filled from. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Milliseconds a single call to a source may take. */
  readonly timeoutMs: number;
  readonly report: (event: Progress) => void;
  /**
   * Told before and after everything that lasts: an entry, a change at a source, a file. Where a process
   * may die, and tests let it (test/faults). Holds nothing personal.
   */
  readonly boundary: (step: string) => void;
}

/** Told on the way; the command line shows it on stderr. Holds nothing personal. */
export type Progress =
  | { readonly kind: 'step'; readonly message: string }
  | { readonly kind: 'count'; readonly message: string; readonly done: number; readonly of: number | null }
  | { readonly kind: 'warning'; readonly message: string };
