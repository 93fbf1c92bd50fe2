import type { Catalog } from '../../src/model/catalog.js';
import { crm, table } from './support.js';

/** The example of contract.md §1, all of it. */
export const CONTRACT_MAP = crm(
  `customers:
  table: public.customers
  key: [id]
  subject: customer
  disable: { active: false }
  restrict: { restricted: true }
  system: [id, created_at, updated_at]
  fields:
    name: user.name
    address_id: owns
    email:        { category: user.contact.email, identifier: email }
    personnummer: { category: user.government_id.national_identification_number, identifier: personnummer }
    customer_no:  { category: user.unique_id, identifier: customer_no }
    status:       { category: user.account, label: { sv: Status }, explain: { sv: Läget, en: State }, values: { 3: { sv: Avslutad, en: Closed } } }
    registrant_email: { category: user.contact.email, identifier: email, relation: mentions, notice: notified_at }
    registrant_name:  { category: user.name, of: registrant_email }
    password:     user.authorization.password
    profile.newsletter.email: { category: user.contact.email, identifier: email }
  erase: delete
addresses:
  system: [id]
  fields: { street: user.contact.address.street }
  erase: delete
invoices:
  system: [id, currency]
  fields:
    customer_id:  { references: customers.id, relation: owned-by }
    invoice_date: user.financial
    billing_name: user.name
    phone:        { category: user.contact.phone_number, mask: "null" }
    note:         { category: user.content.private, freetext: true, mask: redact }
  erase: delete
  retain:
    ground: legal-obligation
    law: Bokföringslag (1999:1078) 7 kap. 2 §
    until: { field: invoice_date, calendarYearsAfterFiscalYear: 7 }
    mask: [phone, note]
invoice_lines: { system: [id, quantity, price], fields: { invoice_id: owned-by, text: user.content }, erase: as-owner }
emails:
  system: [id]
  fields: { contact_id: owned-by, email: { category: user.contact.email, identifier: email, of: contact_id } }
  erase: delete
notes:
  system: [id]
  fields: { text: user.content.private }
  references:
    - { fields: [entity_id], to: customers, on: [id], when: { entity_table: customer }, relation: owned-by }
  erase: delete`,
  `information:
  purposes: [{ sv: Avtal och support, en: Contract and support }]
  legalBasis: contract
  recipients: [Fortnox AB]
  retention: { sv: Under kundrelationen, en: During the customer relationship }
  origin: subject
  transfers: none
  automated: none
nonpersonal: [country, "lookup_*"]`,
).replace(
  'sources:\n',
  `policy:
  promise: { months: 1 }
  freeExtract: { perMonths: 12 }
  approvals: { erase: 0 }
  identity: operator
  candidates: ask
identifiers:
  customer_no: { strength: strong, single: true, match: exact }
  email: { never: ["info@*", "faktura@*"] }
sources:
`,
);

export const CONTRACT_CATALOG: Catalog = {
  collections: [
    table(
      'customers',
      'id integer, name text, address_id integer?, email varchar(200)?, personnummer varchar(13)?, customer_no varchar(20), status integer, registrant_email text?, registrant_name text?, notified_at timestamptz?, password text?, profile jsonb?, active boolean, restricted boolean, created_at timestamptz, updated_at timestamptz?',
      { to: { address_id: 'addresses.id' } },
    ),
    table('addresses', 'id integer, street text?'),
    table(
      'invoices',
      'id integer, currency char(3), customer_id integer, invoice_date date, billing_name text, phone text?, note text?',
      { to: { customer_id: 'customers.id' } },
    ),
    table('invoice_lines', 'id integer, invoice_id integer, text text?, quantity integer, price numeric', {
      to: { invoice_id: 'invoices.id' },
    }),
    table('emails', 'id integer, contact_id integer?, email varchar(200)', {
      to: { contact_id: 'customers.id' },
    }),
    table('notes', 'id integer, entity_table text, entity_id integer, text text?'),
    table('country', 'code char(2), name text'),
    table('lookup_titles', 'id integer, title text'),
    table('customer_view', 'id integer', { kind: 'view', key: { fields: [], kind: 'declared' } }),
  ],
};
