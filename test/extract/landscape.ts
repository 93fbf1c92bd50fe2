import type { ExtractInput } from '../../src/extract/input.js';
import { TOLD } from '../support/information.js';
import {
  collection,
  contentsOf,
  field,
  identifier,
  inputOf,
  mapOf,
  reference,
  source,
  theirs,
} from './build.js';

const email = identifier('email');

const customers = collection('crm.customers', {
  label: { sv: 'Kundregister', en: 'Customers' },
  subject: { is: 'customer', when: [] },
  systemColumns: ['id', 'created_at', 'notified_at'],
  unmappedColumns: ['legacy_flag'],
  fields: [
    field('name', { category: 'user.name' }),
    field('email', { category: 'user.contact.email', identifier: email }),
    field('personnummer', {
      kind: 'integer',
      category: 'user.government_id.national_identification_number',
      identifier: identifier('personnummer'),
    }),
    field('phone', { category: 'user.contact.phone_number', identifier: identifier('phone') }),
    field('title', { category: 'user.job_title' }),
    field('status', {
      kind: 'integer',
      category: 'user.account',
      label: { sv: 'Kundstatus', en: 'Customer status' },
      explain: { sv: 'Var i kundrelationen du är.', en: 'Where you are in the customer relationship.' },
      values: { '1': { sv: 'Aktiv', en: 'Active' }, '3': { sv: 'Avslutad', en: 'Closed' } },
    }),
    field('born', { kind: 'date', category: 'user.demographic.date_of_birth' }),
    field('preferences', { kind: 'json', category: 'user.account.settings' }),
    field('photo', { kind: 'bytes', category: 'user.content.self_image' }),
    field('password', { category: 'user.authorization.password' }),
    field('score', {
      kind: 'decimal',
      category: 'user.financial',
      export: 'omit',
      reason: 'Företagshemlighet',
    }),
    field('registrant_email', {
      category: 'user.contact.email',
      identifier: email,
      relation: 'mentions',
      notice: 'notified_at',
    }),
    field('registrant_name', { category: 'user.name', of: 'registrant_email' }),
  ],
});

const addresses = collection('crm.addresses', {
  label: { sv: 'Adresser', en: 'Addresses' },
  fields: [
    field('street', { category: 'user.contact.address.street' }),
    field('postal_code', { category: 'user.contact.address.postal_code' }),
    field('city', { category: 'user.contact.address.city' }),
  ],
});

const notes = collection('crm.notes', {
  label: { sv: 'Anteckningar', en: 'Notes' },
  fields: [
    field('text', { category: 'user.content.private', freetext: true }),
    field('written', {
      kind: 'timestamp',
      category: 'user.behavior',
      label: { sv: 'Skriven', en: 'Written' },
    }),
  ],
  references: [reference('crm.notes', 'customer_id', 'crm.customers', 'owned-by')],
});

const invoices = collection('billing.invoices', {
  label: { sv: 'Fakturor', en: 'Invoices' },
  information: {
    ...TOLD,
    purposes: [
      { sv: 'Fakturering', en: 'Invoicing' },
      { sv: 'Bokföring', en: 'Accounting' },
    ],
    legalBasis: 'legal-obligation',
    retention: {
      sv: 'Till och med sjunde året efter utgången av det kalenderår då räkenskapsåret avslutades',
      en: 'Until the end of the seventh year after the financial year',
    },
  },
  fields: [
    field('number', { category: 'user.unique_id', label: { sv: 'Fakturanummer', en: 'Invoice number' } }),
    field('invoice_date', {
      kind: 'date',
      category: 'user.financial',
      label: { sv: 'Fakturadatum', en: 'Invoice date' },
    }),
    field('amount', {
      kind: 'decimal',
      category: 'user.financial',
      label: { sv: 'Belopp (kr)', en: 'Amount (SEK)' },
    }),
    field('paid', { kind: 'boolean', category: 'user.financial', label: { sv: 'Betald', en: 'Paid' } }),
  ],
  references: [reference('billing.invoices', 'customer_id', 'crm.customers', 'owned-by')],
});

const tickets = collection('billing.tickets', {
  label: { sv: 'Supportärenden', en: 'Support tickets' },
  information: { ...TOLD, recipients: null, origin: 'registrant' },
  fields: [
    field('subject', { category: 'user.content', freetext: true }),
    field('handler_email', { category: 'user.contact.email', identifier: email, relation: 'mentions' }),
    field('handler_name', { category: 'user.name', of: 'handler_email' }),
    field('customer_name', { category: 'user.name' }),
  ],
});

const opens = collection('mail.opens', {
  label: { sv: 'Öppnade utskick', en: 'Opened mailings' },
  information: {
    ...TOLD,
    purposes: [{ sv: 'Förbättra våra utskick', en: 'Improving our mailings' }],
    legalBasis: 'consent',
    recipients: ['Mailjet SAS', 'Amazon Web Services EMEA SARL'],
    transfers: {
      sv: 'USA, med EU-kommissionens standardavtalsklausuler',
      en: 'USA, under the Commission’s standard contractual clauses',
    },
  },
  fields: [
    field('email', { category: 'user.contact.email', identifier: email }),
    field('opened', { kind: 'instant', category: 'user.behavior', label: { sv: 'Öppnat', en: 'Opened' } }),
    field('ip', { category: 'user.device.ip_address', identifier: identifier('ip') }),
  ],
});

const cookies = collection('mail.cookies', {
  label: { sv: 'Kakor', en: 'Cookies' },
  fields: [field('cookie', { category: 'user.device.cookie_id' })],
});
const reports = collection('billing.reports', {
  fields: [field('text')],
  unsearchable: 'Sammanställda siffror utan namn',
});
const hr = collection('hr.employees', {
  label: { sv: 'Anställda', en: 'Employees' },
  fields: [field('name', { category: 'user.name' })],
});

const png = new Uint8Array(Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(4000, 7)]));

/** A landscape like Onefin's, in which Anna is found in most ways a person can be. */
export function landscape(facts: Partial<ExtractInput> = {}): ExtractInput {
  const sources = [
    source('crm', { label: { sv: 'Kundsystemet', en: 'The customer system' } }),
    source('billing', {
      label: { sv: 'Ekonomisystemet', en: 'The finance system' },
      unmappedTables: ['tmp_import'],
    }),
    source('mail', { label: { sv: 'Nyhetsbrevet', en: 'The newsletter' } }),
    source('hr', { label: { sv: 'Personalsystemet', en: 'The HR system' } }),
  ];
  const collections = [customers, addresses, notes, invoices, tickets, reports, opens, cookies, hr];
  const map = mapOf(collections, sources);
  return inputOf(map, {
    sources: [
      { source: 'crm', status: 'searched' },
      { source: 'billing', status: 'searched' },
      { source: 'mail', status: 'searched' },
      { source: 'hr', status: 'unreachable', error: 'connection refused' },
    ],
    identifiers: [
      { type: 'email', value: 'anna@example.se', strength: 'strong', from: 'operator' },
      { type: 'personnummer', value: '199006022397', strength: 'strong', from: 'crm.customers.personnummer' },
    ],
    contents: [
      contentsOf(
        customers,
        [
          {
            values: {
              id: 17,
              created_at: '2021-03-02T09:00:00',
              notified_at: '2021-03-04T10:00:00',
              name: 'Anna Åström',
              email: 'Anna@Example.se',
              personnummer: 199006022397,
              phone: '070-174 06 05',
              title: 'Ekonomichef',
              status: 1,
              born: '1990-06-02',
              preferences: {
                json: '{"language":"sv","newsletter":{"weekly":true,"topics":["ekonomi","juridik"]},"limit":12345678901234567890}',
              },
              photo: png,
              password: '$2b$12$secret',
              score: '812.5',
              registrant_email: 'bertil@example.com',
              registrant_name: 'Bertil Berg',
            },
          },
          {
            role: 'mention',
            leads: [],
            values: {
              id: 44,
              name: 'Cecilia Ceder',
              email: 'cecilia@example.com',
              registrant_email: 'anna@example.se',
              registrant_name: 'Anna Åström',
            },
          },
        ],
        { created_at: 'timestamp', notified_at: 'timestamp' },
      ),
      contentsOf(addresses, [
        {
          role: 'shared',
          values: { id: 3, street: 'Exempelgatan 12', postal_code: '111 22', city: 'Stockholm' },
        },
      ]),
      contentsOf(notes, [
        {
          leads: ['crm.notes.customer_id'],
          values: {
            id: 101,
            customer_id: 17,
            written: '2026-03-29T02:30:00.123456',
            text: 'Ringde och frågade om <b>fakturan</b> för mars.\nVill bli uppringd på måndag.',
          },
        },
      ]),
      contentsOf(
        invoices,
        Array.from({ length: 7 }, (_, i) => ({
          leads: ['billing.invoices.customer_id'],
          values: {
            id: 900 + i,
            customer_id: 17,
            number: `2026-${100 + i}`,
            invoice_date: `2026-0${i + 1}-15`,
            amount: `${12500 + i * 375}.50`,
            paid: i < 6,
          },
        })),
      ),
      contentsOf(tickets, [
        {
          role: 'mention',
          values: {
            id: 5,
            subject: 'Hjälp med inloggning',
            handler_email: 'anna@example.se',
            handler_name: 'Anna Åström',
            customer_name: 'David Dahl',
          },
        },
      ]),
      contentsOf(
        opens,
        Array.from({ length: 1203 }, (_, i) => ({
          values: {
            id: i + 1,
            email: 'anna@example.se',
            opened: `2026-0${1 + (i % 9)}-1${i % 10}T08:0${i % 10}:00.000001+00:00`,
            ip: '192.0.2.17',
          },
        })),
      ),
      contentsOf(cookies, []),
      contentsOf(reports, []),
      contentsOf(hr, []),
    ],
    withheld: [{ collection: 'crm.notes', key: [102], ground: 'third-party-rights' }],
    earlierExtracts: ['2026-02-03T09:12:00+01:00'],
    isTheirs: theirs('anna@example.se', '199006022397'),
    ...facts,
  });
}
