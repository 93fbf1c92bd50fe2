import type { FieldInfo, FieldPath } from '../model/catalog.js';
import { misfit } from './fits.js';
import type { MapPath } from './loaded.js';
import type { Reporter } from './reporter.js';
import type { WrittenField } from './schema.js';

/** Kinds for which a random value of the type can be made. */
const PSEUDONYMS = new Set([
  'integer',
  'decimal',
  'float',
  'boolean',
  'text',
  'enum',
  'uuid',
  'date',
  'time',
  'timestamp',
  'instant',
  'bytes',
  'json',
  'array',
]);

/** `a@b.invalid` has eleven characters, with a few more to be random in. */
const SHORTEST_EMAIL = 14;

/** Whether the mask that the field names, or the default, can be made for its column (contract.md §1). */
export function maskRules(
  field: WrittenField,
  at: FieldPath,
  column: FieldInfo,
  exempt: boolean,
  path: MapPath,
  report: Reporter,
): void {
  const { mask } = field;
  const here = [...path, 'mask'];
  const inside = at.path.length > 0;
  if (column.generated && mask !== undefined && mask !== 'keep') {
    report.error(
      here,
      `${column.name} is generated: the database computes it`,
      'mask the columns it is made from',
    );
  } else if (mask === 'null' && !column.nullable && !inside) {
    report.error(here, `${column.name} may not be null`, 'mask: pseudonym, or { constant: … }');
  } else if (typeof mask === 'object' && !inside) {
    const wrong = misfit(mask.constant, column);
    if (wrong !== null) report.error([...here, 'constant'], wrong);
  } else if (mask === 'redact' && !['text', 'json', 'other', 'array'].includes(column.type.kind)) {
    report.error(
      here,
      `${column.name} is ${column.type.native}, and redact is for texts`,
      'mask: "null", pseudonym or { constant: … }',
    );
  } else if (
    mask === 'pseudonym' ||
    (mask === undefined && !exempt && !inside && !column.nullable && !column.generated)
  ) {
    const wrong = noPseudonym(field, column);
    if (wrong !== null)
      report.error(mask === undefined ? path : here, wrong, 'mask: { constant: … }, or keep');
  }
}

function noPseudonym(field: WrittenField, column: FieldInfo): string | null {
  const { type } = column;
  const enoughRoom =
    type.length === null || type.length >= (field.identifier === 'email' ? SHORTEST_EMAIL : 1);
  if (PSEUDONYMS.has(type.kind) && enoughRoom) return null;
  return `no random value can be made for ${column.name}, which is ${type.native} and may not be null`;
}
