import type { Catalog } from '../model/catalog.js';
import type { Controller } from '../model/map.js';
import { skeletonTables } from './skeleton-table.js';
import { UNSAID } from './unsaid.js';
import { scalar } from './yaml-text.js';

export interface SkeletonSource {
  readonly name: string;
  readonly connector: string;
  /** As it shall stand in the file: `${CRM_DATABASE_URL}`, or the path of a SQLite file. */
  readonly connection: string;
  /** Null where the source did not answer: its tables are left to be added. */
  readonly catalog: Catalog | null;
}

/**
 * A dsr.yaml of all tables and columns of the sources, in the same order each time. What the schema
 * says (keys, foreign keys, types) is written; what only a human can say stands beside it as a
 * comment, with a guess where the name suggests one. The file loads as it is: until it is filled in,
 * everything counts as unmapped and every result as incomplete.
 */
export function skeleton(sources: readonly SkeletonSource[], controller: Partial<Controller> = {}): string {
  const head = [
    '# yaml-language-server: $schema=.dsr/dsr.schema.json',
    '# What personal data stands where, and what becomes of it. Belongs in version control.',
    '# Fill in: take away the # before what holds, correct it, delete the rest; then `dsr map check`.',
    'version: 1',
    ...controllerLines(controller),
    '# policy:                           # these are the defaults',
    '#   promise: { months: 1 }          # what your privacy policy promises',
    '#   freeExtract: { perMonths: 12 }  # counted and shown, never a reason to refuse',
    '#   approvals: { erase: 0 }         # how many other operators must approve an erasure',
    '#   identity: operator              # operator | verified',
    '#   candidates: ask                 # ask | leave',
    '# identifiers:                      # beside email, phone, personnummer, organisationsnummer, name, ip, cookie_id, username',
    '#   customer_no: { strength: strong, single: true }',
    '#   email: { never: ["info@*"] }    # shared mailboxes: neither searched nor carried on',
  ];
  const body =
    sources.length === 0
      ? [
          'sources:                            # none yet: add yours, or run `dsr init` with them in another folder',
          '  # crm:',
          '  #   connector: postgres',
          `  #   connection: \${CRM_DATABASE_URL}`,
        ]
      : ['sources:', ...sources.flatMap(sourceLines)];
  return `${[...head, ...body].join('\n')}\n`;
}

function controllerLines(given: Partial<Controller>): readonly string[] {
  const authority = given.authority ?? {
    name: 'Integritetsskyddsmyndigheten (IMY)',
    url: 'https://www.imy.se',
  };
  const { name = UNSAID.name, contact = UNSAID.contact } = given;
  return [
    'controller:                         # who answers for the data',
    `  name: ${scalar(name)}`,
    `  contact: ${scalar(contact)}`,
    `  authority: { name: ${scalar(authority.name)}, url: ${scalar(authority.url)} }`,
    `  country: ${scalar(given.country ?? 'SE')}                       # whose public holidays count`,
    `  timezone: ${scalar(given.timezone ?? 'Europe/Stockholm')}`,
    `  language: ${scalar(given.language ?? 'sv')}                      # sv | en`,
    given.fiscalYearEnd == null
      ? '  # fiscalYearEnd: "12-31"'
      : `  fiscalYearEnd: ${JSON.stringify(given.fiscalYearEnd)}`,
  ];
}

function sourceLines({ name, connector, connection, catalog }: SkeletonSource): readonly string[] {
  const head = [
    `  ${scalar(name)}:`,
    `    connector: ${scalar(connector)}`,
    `    connection: ${scalar(connection)}`,
    '    # label: { sv: …, en: … }       # what people call it',
    '    # information:                  # Art. 15(1); without it exports are incomplete',
    '    #   purposes: [{ sv: …, en: … }]',
    '    #   legalBasis: contract        # consent | contract | legal-obligation | vital | public-task | legitimate-interest',
    '    #   recipients: []              # who else gets it, by name',
    '    #   retention: { sv: …, en: … }',
    '    #   origin: subject             # subject | registrant | { sv: …, en: … }',
    '    #   transfers: none',
  ];
  if (catalog === null)
    return [...head, '    # the source did not answer: its tables are to be added', '    collections:'];
  const { likelyNonpersonal, lines } = skeletonTables(catalog);
  const views = catalog.collections.filter((info) => info.kind === 'view').length;
  return [
    ...head,
    ...(likelyNonpersonal.length === 0
      ? []
      : [
          '    # Tables in which no column looks personal. Where that is so, say it here and delete them below:',
          `    # nonpersonal: [${likelyNonpersonal.map(scalar).join(', ')}]`,
        ]),
    ...(views === 0
      ? []
      : [`    # Not listed, since they show rows of tables: ${views} view${views === 1 ? '' : 's'}`]),
    '    collections:',
    ...lines.map((line) => (line === '' ? '' : `      ${line}`)),
  ];
}
