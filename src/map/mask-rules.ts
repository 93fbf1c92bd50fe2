import { checksOn } from '../mask/check/check.js';
import { constantOf } from '../mask/constant.js';
import { canMake } from '../mask/maker.js';
import { mayBeNull, standsAgainstNull } from '../mask/nullable.js';
import { type MaskTarget, maskTarget } from '../mask/target.js';
import type { FieldInfo } from '../model/catalog.js';
import type { Field, Mask } from '../model/map.js';
import { misfit } from './fits.js';
import type { MapPath } from './loaded.js';
import type { Placed } from './placed.js';
import type { Reporter } from './reporter.js';
import { fieldsOf } from './target.js';
import { constantTwice } from './unique-constant.js';

/** What a field's mask is held against. */
export interface MaskScope {
  readonly placed: Placed;
  /** Part of the key, a reference, or referred to: never masked unless the map says how. */
  readonly isBound: (column: string) => boolean;
  readonly report: Reporter;
}

export interface MinimiseScope extends MaskScope {
  readonly refers: (column: string) => boolean;
  readonly isReferred: (column: string) => boolean;
}

const TEXTS: readonly string[] = ['text', 'json', 'other', 'array'];

/**
 * Whether the mask that a field names, or the default, can be made for its column: of its type, under
 * its checks (contract.md §1, Masks). A check that is not understood stands only against what the tool
 * would choose itself.
 */
export function maskRules(field: Field, path: MapPath, scope: MaskScope): void {
  const column = scope.placed.columns.get(field.at.column);
  if (column === undefined) return;
  const { mask } = field;
  const exempt = !field.personal || scope.isBound(field.at.column);
  if (mask !== null) judge(field, mask, column, [...path, 'mask'], scope);
  else if (!exempt && !column.generated) judge(field, defaultMask(field, scope), column, path, scope);
}

/** Whether each field that a retained record loses at once (`retain.mask`) can be lost. */
export function minimiseRules(
  names: readonly string[],
  fields: readonly Field[],
  path: MapPath,
  scope: MinimiseScope,
): void {
  names.forEach((name, index) => {
    const here = [...path, index];
    const field = fields.find((one) => one.name === name);
    const column = field === undefined ? undefined : scope.placed.columns.get(field.at.column);
    if (field === undefined || column === undefined) return;
    const { column: at } = field.at;
    const key = scope.placed.entry.key ?? scope.placed.info.key.fields;
    const mask = field.mask ?? defaultMask(field, scope);
    if (mask === 'keep') {
      scope.report.error(here, `${name} says mask: keep`, 'take it out of this list, or say another mask');
    } else if (key.includes(at)) {
      scope.report.error(
        here,
        `${at} is part of the key, which a retained record keeps`,
        'take it out of this list',
      );
    } else if (column.generated) {
      scope.report.error(
        here,
        `${at} is generated: the database computes it`,
        'name the columns it is made from',
      );
    } else if (field.mask === null && mask !== 'null' && scope.refers(at)) {
      const hint = 'take it out of this list: the reference has to lead somewhere';
      scope.report.error(here, `${at} is a reference that may not be null`, hint);
    } else if (field.mask === null && scope.isReferred(at)) {
      const hint = 'take it out of this list, or say a mask for it: pseudonym';
      scope.report.error(here, `others refer to ${at}, and would lead nowhere`, hint);
    } else if (field.mask === null) judge(field, mask, column, here, scope);
  });
}

function defaultMask({ at }: Field, { placed }: MaskScope): Mask {
  return at.path.length > 0 || mayBeNull(placed.info, at.column) ? 'null' : 'pseudonym';
}

function judge(
  field: Field,
  mask: Mask,
  column: FieldInfo,
  path: MapPath,
  { placed, report }: MaskScope,
): void {
  const { name } = column;
  const inside = field.at.path.length > 0;
  if (mask === 'keep') return;
  if (column.generated) {
    report.error(path, `${name} is generated: the database computes it`, 'mask the columns it is made from');
  } else if (mask === 'redact') {
    if (TEXTS.includes(column.type.kind)) return;
    const hint = 'mask: "null", pseudonym or { constant: … }';
    report.error(path, `${name} is ${column.type.native}, and redact is for texts`, hint);
  } else if (mask === 'null') {
    const against = inside ? null : standsAgainstNull(column, placed.info.checks ?? []);
    // The map's author may know better than this tool what a check means that it does not understand.
    const sure = against === 'column' || against?.refuses(null) === true;
    if (!sure) return;
    const why = against === 'column' ? '' : `: the check ${against.title} refuses it`;
    report.error(path, `${name} may not be null${why}`, 'mask: pseudonym, or { constant: … }');
  } else if (typeof mask === 'object') {
    const wrong = inside ? null : (misfit(mask.constant, column) ?? refusedBy(mask, column, placed));
    if (wrong !== null) report.error([...path, 'constant'], wrong);
    else if (!inside) {
      const twice = constantTwice(name, placed.info, constantsOf(placed));
      const hint = 'mask: pseudonym, which is unique where the column is';
      if (twice !== null)
        report[twice.sure ? 'error' : 'warning']([...path, 'constant'], twice.message, hint);
    }
  } else {
    const wrong = canMake(targetOf(field, placed));
    if (wrong === null) return;
    const why = column.nullable ? wrong : `${wrong}, and it may not be null`;
    report.error(path, why, `mask: ${column.nullable ? '"null", ' : ''}{ constant: … }, or keep`);
  }
}

function constantsOf({ entry }: Placed): ReadonlySet<string> {
  return new Set(fieldsOf(entry).flatMap(([name, { mask }]) => (typeof mask === 'object' ? [name] : [])));
}

function refusedBy(mask: Mask & object, column: FieldInfo, { info }: Placed): string | null {
  const value = constantOf(mask.constant, column.type);
  const check = checksOn(column.name, info.checks ?? []).find((one) => one.refuses(value));
  return check === undefined
    ? null
    : `${JSON.stringify(String(mask.constant))} is refused by the check ${check.title} on ${column.name}`;
}

function targetOf(field: Field, { id, info }: Placed): MaskTarget {
  return maskTarget({ id, fields: [field] }, info, field.name);
}
