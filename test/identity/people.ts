/** The only people that tests may know: Skatteverket's published test numbers, fictive phones. */
export const SAFE = [
  '199006022397',
  '198501012382',
  '194408139089',
  '189001019802',
  '202412312387',
  '197602292380',
] as const;

export const FICTIVE_PHONE = '+46701740605';
export const FICTIVE_LANDLINE = '+46846500400';

/** The clock of these tests. */
export const clock = { now: () => new Date('2026-11-22T12:00:00Z') };
