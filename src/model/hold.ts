/** The number of a hold. */
export type HoldId = `H${number}`;

/** What a plan says of a record that a hold keeps. */
export function whyHeld(hold: HoldId): string {
  return `hold ${hold}`;
}

/** The hold that keeps a record, as its plan says it, maybe among other reasons; null: none does. */
export function heldBy(why: string | null): HoldId | null {
  const number = /^hold H([1-9]\d*)(?:;|$)/.exec(why ?? '')?.[1];
  return number === undefined ? null : `H${Number(number)}`;
}
