import { requestId } from '../model/request.js';

/** One step of the demo: what is told, then a call of `dsr` as an operator would type it. */
export interface Scene {
  readonly title: string;
  readonly told: string;
  readonly call: readonly string[];
  /** What the call ends with when all is well. */
  readonly code: number;
}

/** Requests come in, and what the officer does with them, in order. `year`: that of their numbers. */
export function scenesOf(year: number): readonly Scene[] {
  return [
    {
      title: 'Is the map complete?',
      told: 'dsr.yaml says what each table is for and whose its records are. It is held against the live schemas first.',
      call: ['map', 'check'],
      code: 0,
    },
    {
      title: 'An e-mail comes in: “I am Anna, what do you have on me?”',
      told: 'Her address is all there is. It leads to a customer, whose other address, personnummer, number and cookie lead on, from database to database. Nothing is changed.',
      call: ['find', 'anna.lindqvist@example.se'],
      code: 0,
    },
    {
      title: 'How was each record reached?',
      told: 'The address that she shares with Erik is marked shared; the card of his that paid one of her invoices is not hers, and neither is the other Anna Lindqvist.',
      call: ['find', 'anna.lindqvist@example.se', '--records'],
      code: 0,
    },
    {
      title: 'She gives her phone number too',
      told: 'A phone may be several people’s, so what only it leads to is never taken for hers: a person must say. Exit code 4 means just that.',
      call: ['find', 'anna.lindqvist@example.se', 'phone=070-1740605'],
      code: 4,
    },
    {
      title: 'The extract',
      told: 'The officer looks at the lead, says yes, and hands out a zip: index.html for Anna to read, JSON and CSV for machines, a manifest with hashes. A request is opened for it, with its deadlines.',
      call: ['export', 'anna.lindqvist@example.se', 'phone=070-1740605', '--accept', 'D1', '-o', 'anna.zip'],
      code: 0,
    },
    {
      title: 'Her phone number is wrong',
      told: 'It stands in two places, spelled in two ways, and each is set in its own. What stands there now and what shall is printed first; --yes answers the question that would be put on a terminal.',
      call: [
        'rectify',
        'anna.lindqvist@example.se',
        'phone=070-1740605',
        '--accept',
        'D1',
        '--set',
        'phone=070-1740655',
        '--yes',
      ],
      code: 0,
    },
    {
      title: 'Erik wants to be forgotten',
      told: 'His invoice is kept for seven years, by law, and loses what the law does not need. His customer row stays for it, with nothing personal left that it can lose; so does the card that paid an invoice of Anna’s. The address is hers too. All else goes.',
      call: ['erase', 'erik.sandberg@example.se', '--yes'],
      code: 0,
    },
    {
      title: 'Sara, who was everybody’s support contact, has left',
      told: 'The links to her are cleared: no ticket and no note of anybody is lost.',
      call: ['erase', 'sara.nystrom@example.se', '--yes'],
      code: 0,
    },
    {
      title: 'Is Erik still gone?',
      told: 'Asked again whenever it matters, by every identifier that was known of him. What is kept with a ground is no residue.',
      call: ['verify', requestId(year, 3)],
      code: 0,
    },
    {
      title: 'The cases',
      told: 'When each came in, and when it must be answered by.',
      call: ['request', 'list'],
      code: 0,
    },
    {
      title: 'What was done, and by whom',
      told: 'Every look-up, extract, plan and change is in the ledger, without a name, an address or a number of anybody in it: a person is a keyed hash.',
      call: ['ledger', 'list'],
      code: 0,
    },
    {
      title: 'Can it be trusted?',
      told: 'Each entry holds the hash of the one before: a change anywhere shows.',
      call: ['ledger', 'verify'],
      code: 0,
    },
  ];
}
