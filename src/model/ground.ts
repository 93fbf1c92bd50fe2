/** Why something need not be erased yet: GDPR Art. 17(3)(a)–(e). */
export const retentionGrounds = [
  'expression',
  'legal-obligation',
  'public-health',
  'archiving',
  'legal-claims',
] as const;
export type RetentionGround = (typeof retentionGrounds)[number];

/** What the reason of an erasure does not reach stays by this: nothing is owed of it, and no login ends (contract.md §2). */
export const NOT_COVERED = 'not-covered';
