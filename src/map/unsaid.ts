/** What the skeleton writes for facts that only the operator knows; loading warns while it is there. */
export const UNSAID = { name: 'Your organisation', contact: 'privacy@example.com' } as const;
