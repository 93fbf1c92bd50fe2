import { z } from 'zod';
import { retentionGrounds } from '../model/ground.js';
import { CATEGORIES } from './categories.js';

/**
 * The shape of dsr.yaml (contract.md §1) as it is written, without defaults: what an editor's JSON
 * Schema is made from, and what the rest of this room reads. Unknown keys are errors everywhere.
 * A key with nothing behind it (`fields:` and only comments) is empty, not an error, where a list
 * or mapping would stand.
 */
export const RELATIONS = ['owned-by', 'owns', 'mentions', 'none'] as const;
const LEGAL_BASES = [
  'consent',
  'contract',
  'legal-obligation',
  'vital',
  'public-task',
  'legitimate-interest',
] as const;
const MASKS = ['null', 'pseudonym', 'redact', 'keep'] as const;
const VERDICTS = ['delete', 'mask', 'keep', 'as-owner', 'manual'] as const;
const MATCH_MODES = ['exact', 'folded', 'digits'] as const;
const ENCODINGS = ['md5', 'sha256', 'uuid-binary'] as const;

const filled = z.string().regex(/\S/, { error: 'is empty' });
const scalar = z.union([z.string(), z.number(), z.boolean(), z.bigint()]);
const scalarOrNull = z.union([scalar, z.null()]);

// A dot parts source, collection and field; colon and equals part them from a key or a value.
const mapName = z
  .string()
  .regex(/^[^\s.:=+/\\,[\]"'\p{Cc}](?:[^.:=+/\\,[\]"'\p{Cc}]*[^\s.:=+/\\,[\]"'\p{Cc}])?$/u, {
    error:
      "a name has no dots and none of : = + / \\ , [ ] and quotes, and no blanks at its ends; write the table's own name under table:",
  });

const typeName = z
  .string()
  .regex(/^[a-z][a-z0-9_-]*$/, { error: 'an identifier type is called by small letters, digits, _ and -' });

// What a person will read; the skeleton's `…` is no answer.
const sentence = z.string().regex(/[\p{L}\p{N}]/u, { error: 'says nothing' });
const translated = z
  .strictObject({ sv: sentence.exactOptional(), en: sentence.exactOptional() })
  .refine((texts) => texts.sv !== undefined || texts.en !== undefined, {
    error: 'has no text: give sv, en or both',
  });
const text = z.union([sentence, translated]);

const identifierSetting = z.strictObject({
  strength: z.enum(['strong', 'weak']).exactOptional(),
  single: z.boolean().exactOptional(),
  match: z.enum(MATCH_MODES).exactOptional(),
  never: z.array(filled).exactOptional(),
});

const information = z.strictObject({
  purposes: z.array(text).exactOptional(),
  legalBasis: z.enum(LEGAL_BASES).exactOptional(),
  recipients: z.array(filled).exactOptional(),
  retention: text.exactOptional(),
  origin: z.union([z.enum(['subject', 'registrant']), translated]).exactOptional(),
  transfers: text.exactOptional(),
  automated: text.exactOptional(),
});

const conditions = z.record(filled, z.union([scalarOrNull, z.array(scalarOrNull).min(1)]));
const assignments = z.record(filled, scalarOrNull);

const mask = z.union([z.enum(MASKS), z.strictObject({ constant: scalar })]);

const count = z.number().int().min(1);
const length = z
  .strictObject({
    years: count.exactOptional(),
    months: count.exactOptional(),
    days: count.exactOptional(),
  })
  .refine((parts) => Object.values(parts).some((part) => part !== undefined), {
    error: 'has no length: give years, months or days',
  });
const until = z
  .strictObject({
    field: filled,
    calendarYearsAfterFiscalYear: z.number().int().min(0).exactOptional(),
    plus: length.exactOptional(),
  })
  .refine((value) => (value.plus === undefined) !== (value.calendarYearsAfterFiscalYear === undefined), {
    error: 'takes either calendarYearsAfterFiscalYear or plus',
  });

const retention = z.strictObject({
  ground: z.enum(retentionGrounds),
  law: filled.exactOptional(),
  when: conditions.exactOptional(),
  until,
  mask: z.array(filled).exactOptional(),
});

const fieldEntry = z.strictObject({
  category: z.enum(CATEGORIES).exactOptional(),
  identifier: filled.exactOptional(),
  match: z.enum(MATCH_MODES).exactOptional(),
  encoding: z.enum(ENCODINGS).exactOptional(),
  references: filled.exactOptional(),
  relation: z.enum(RELATIONS).exactOptional(),
  of: filled.exactOptional(),
  onErase: z.enum(['clear', 'delete', 'keep']).exactOptional(),
  export: z.enum(['show', 'stated', 'omit']).exactOptional(),
  reason: filled.exactOptional(),
  label: text.exactOptional(),
  explain: text.exactOptional(),
  values: z.record(z.string(), text).exactOptional(),
  notice: filled.exactOptional(),
  freetext: z.boolean().exactOptional(),
  rectify: z.boolean().exactOptional(),
  mask: mask.exactOptional(),
});

const referenceEntry = z.strictObject({
  fields: z.array(filled).min(1),
  to: filled,
  on: z.array(filled).min(1).exactOptional(),
  when: conditions.exactOptional(),
  relation: z.enum(RELATIONS),
  onErase: z.enum(['clear', 'delete', 'keep']).exactOptional(),
});

const collection = z.strictObject({
  table: filled.exactOptional(),
  label: text.exactOptional(),
  key: z.array(filled).min(1).exactOptional(),
  subject: z
    .union([filled, z.strictObject({ is: filled, when: conditions.exactOptional() })])
    .exactOptional(),
  disable: assignments.exactOptional(),
  restrict: assignments.exactOptional(),
  system: z.array(filled).nullish(),
  ignore: z.array(filled).nullish(),
  fields: z.record(filled, z.union([z.enum([...RELATIONS, ...CATEGORIES]), fieldEntry])).nullish(),
  references: z.array(referenceEntry).nullish(),
  information: information.nullish(),
  erase: z.enum(VERDICTS).exactOptional(),
  ground: z.enum(retentionGrounds).exactOptional(),
  law: filled.exactOptional(),
  until: until.exactOptional(),
  retain: z.union([retention, z.array(retention).min(1)]).exactOptional(),
  unsearchable: filled.exactOptional(),
});

const source = z.strictObject({
  connector: filled,
  connection: z.union([filled, z.record(z.string(), z.unknown())]),
  options: z.record(z.string(), z.unknown()).nullish(),
  label: text.exactOptional(),
  timezone: filled.exactOptional(),
  backups: z.union([z.literal('none'), z.strictObject({ rotation: length })]).exactOptional(),
  information: information.nullish(),
  nonpersonal: z.array(filled).nullish(),
  collections: z.record(mapName, collection.nullable()).nullish(),
});

const controller = z.strictObject({
  name: filled,
  contact: filled,
  authority: z.strictObject({
    name: filled,
    url: z.url({ protocol: /^https?$/, error: 'is no web address: https://…' }),
  }),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, { error: 'is no country: two capital letters (ISO 3166), such as SE' }),
  timezone: filled,
  language: z.enum(['sv', 'en']),
  fiscalYearEnd: z
    .string()
    .regex(/^(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/, {
      error: 'is no day of a year: "MM-DD", such as "12-31"',
    })
    .exactOptional(),
});

const policy = z.strictObject({
  promise: z.strictObject({ months: count }).exactOptional(),
  freeExtract: z.strictObject({ perMonths: count }).exactOptional(),
  approvals: z.strictObject({ erase: z.number().int().min(0) }).exactOptional(),
  identity: z.enum(['operator', 'verified']).exactOptional(),
  candidates: z.enum(['ask', 'leave']).exactOptional(),
});

export const mapSchema = z.strictObject({
  version: z.literal(1),
  controller,
  policy: policy.nullish(),
  identifiers: z.record(typeName, identifierSetting.nullable()).nullish(),
  sources: z
    .record(mapName, source)
    .refine((sources) => Object.keys(sources).length > 0, { error: 'is empty: nothing would be searched' }),
});

export type WrittenMap = z.output<typeof mapSchema>;
export type WrittenSource = z.output<typeof source>;
export type WrittenCollection = z.output<typeof collection>;
export type WrittenField = z.output<typeof fieldEntry>;
export type WrittenReference = z.output<typeof referenceEntry>;
export type WrittenRetention = z.output<typeof retention>;
export type WrittenUntil = z.output<typeof until>;
export type WrittenConditions = z.output<typeof conditions>;
