import type { Information } from '../../src/model/map.js';

/** Every fact of Art. 15(1), as a map says them and as they are once it is read. */
export const TOLD: Information = {
  purposes: [{ sv: 'Avtal och support', en: 'Contract and support' }],
  legalBasis: 'contract',
  recipients: ['Fortnox AB'],
  retention: { sv: 'Under kundrelationen', en: 'During the customer relationship' },
  origin: 'subject',
  transfers: 'none',
  automated: 'none',
};
