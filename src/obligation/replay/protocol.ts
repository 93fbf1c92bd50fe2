import type { IdentifierSetting } from '../../model/map.js';
import type { SubjectTag } from '../../model/request.js';

/** What a hashing thread is started with. */
export interface HashingSetup {
  /** The ledger's key: it goes to the thread's memory, and nowhere else. */
  readonly key: Uint8Array;
  /** Of those who were erased. */
  readonly tags: readonly SubjectTag[];
  /** As identifierTypes takes them. */
  readonly settings: Readonly<Record<string, IdentifierSetting>>;
  readonly country: string;
  /** Milliseconds since 1970: of which century a short personnummer is. */
  readonly now: number;
}

/** Values of one identifier type, in one text: a text is copied to a thread in one go, a list is not. */
export interface HashingTask {
  readonly id: number;
  readonly type: string;
  /** Joined by SEPARATOR. */
  readonly values: string;
}

export const SEPARATOR = '\0';

export interface HashingAnswer {
  readonly id: number;
  readonly matches: readonly TagMatch[];
}

export interface TagMatch {
  /** The value's place among those of the task. */
  readonly at: number;
  /** Into HashingSetup.tags. */
  readonly tag: number;
  /** Canonical. */
  readonly value: string;
}
