import type { IdentifierTypes } from '../identity/identifier-types.js';
import { isCategory, within } from '../map/categories.js';
import { didYouMean, listed } from '../map/did-you-mean.js';
import { type Check, checksOn } from '../mask/check/check.js';
import type { Catalog, CollectionInfo, FieldInfo } from '../model/catalog.js';
import { DsrError } from '../model/error.js';
import { infoOf } from '../model/info-of.js';
import type { Collection, DataMap, Field, IdentifierUse } from '../model/map.js';
import { type Barrier, barrierOf, type Whose, whoseIs } from './rectify-barrier.js';

/** What one `--set NAME=VALUE` asks for (contract.md §2). */
export interface SettingAsked {
  readonly name: string;
  /** '' empties it. */
  readonly value: string;
}

/** A field in which a setting looks for values to replace. */
export interface Target {
  /** Its place among the settings. */
  readonly setting: number;
  readonly collection: Collection;
  readonly info: CollectionInfo;
  readonly field: Field;
  readonly column: FieldInfo;
  /** By which rules its values are compared and spelled; null: as plain text. */
  readonly use: IdentifierUse | null;
  /** Named itself: set whatever stands there. */
  readonly always: boolean;
  /** Of another type that may hold the same number; of no concern where it does not. */
  readonly alias: boolean;
  readonly whose: Whose;
  /** Of the column, which a new value must meet; none for a place inside it. */
  readonly checks: readonly Check[];
  /** Why it is never set; null: it is. */
  readonly barrier: Barrier | null;
}

export interface TargetInput {
  readonly map: DataMap;
  readonly catalogs: ReadonlyMap<string, Catalog>;
  readonly types: IdentifierTypes;
  readonly set: readonly SettingAsked[];
}

type Meaning =
  | { readonly kind: 'type'; readonly type: string; readonly category: string | null }
  | { readonly kind: 'category'; readonly category: string; readonly type: string | null }
  | { readonly kind: 'field'; readonly collection: Collection; readonly field: Field };

/** Where several settings reach one field, the one that says more wins; a type and a category may not differ. */
const PRECEDENCE: readonly Meaning['kind'][] = ['field', 'type', 'category'];

/**
 * The fields that the settings mean, in the map's order. A type also means fields of its category that
 * say no identifier: they hold the same kind of value.
 *
 * @throws DsrError usage: a NAME that means nothing, that is given twice, or a field that may not be set.
 */
export function targetsOf(input: TargetInput): readonly Target[] {
  const { map, catalogs, types, set } = input;
  const meanings = set.map(({ name }) => meaningOf(input, name));
  checkTwice(set);
  return map.collections.flatMap((collection) => {
    const info = infoOf(catalogs, collection);
    if (info === undefined) return [];
    const columns = new Map(info.fields.map((column) => [column.name, column]));
    const targets = collection.fields.flatMap((field): readonly Target[] => {
      const column = columns.get(field.at.column);
      const setting = bestSetting(input, meanings, { collection, field });
      if (column === undefined || setting === null) return [];
      const meaning = meanings[setting] as Meaning;
      const always = meaning.kind === 'field';
      const whose = whoseIs(collection, field);
      const barrier = barrierOf({ map, catalog: catalogs.get(collection.source), collection, info }, field);
      if (always && barrier !== null) throw refused(collection, field, barrier);
      const alias = isAliasOf(meaning, field);
      const use = useOf(meaning, types, field);
      const checks = field.at.path.length > 0 ? [] : checksOn(column.name, info.checks ?? []);
      return [{ setting, collection, info, field, column, use, always, alias, whose, checks, barrier }];
    });
    return withoutInner(targets);
  });
}

function meaningOf({ map, types }: TargetInput, name: string): Meaning {
  const fields = map.collections.flatMap((collection) =>
    collection.fields.map((field) => ({ collection, field })),
  );
  if (types.names.includes(name)) {
    const { category } = types.get(name);
    const held = fields.some(({ field }) => isOfType({ type: name, category }, field));
    if (held) return { kind: 'type', type: name, category };
    throw unmeant(`no field of the map holds the identifier type '${name}'`, category ?? name, fields);
  }
  const named = fields.find((each) => nameOf(each) === name);
  if (named !== undefined) return { kind: 'field', ...named };
  if (fields.some(({ field }) => field.category === name)) {
    return { kind: 'category', category: name, type: typeOfCategory(types, name) };
  }
  if (isCategory(name)) throw unmeant(`no field of the map has the category '${name}'`, name, fields);
  const known = map.collections.find(({ id }) => name.startsWith(`${id}.`));
  if (known !== undefined) {
    const names = known.fields.map((field) => field.name);
    throw unmeant(
      `--set names no field of ${known.id} in the map`,
      name.slice(known.id.length + 1),
      [],
      names,
    );
  }
  // What was typed may be anything: it is not repeated.
  const what = 'a NAME given to --set is no identifier type, no category and no field of the map';
  throw unmeant(what, name, fields, types.names);
}

interface Named {
  readonly collection: Collection;
  readonly field: Field;
}

function nameOf({ collection, field }: Named): string {
  return `${collection.id}.${field.name}`;
}

function typeOfCategory(types: IdentifierTypes, category: string | null): string | null {
  return types.names.find((each) => category !== null && types.get(each).category === category) ?? null;
}

const MOST_NAMES = 12;

/** With what may have been meant: what stands under the name, what is near to it, or what there is. */
function unmeant(
  what: string,
  name: string,
  fields: readonly Named[],
  names: readonly string[] = [],
): DsrError {
  const categories = [...new Set(fields.flatMap(({ field }) => field.category ?? []))];
  const known = [...names, ...fields.map(nameOf)];
  const under = categories.filter((category) => within(category, name)).slice(0, MOST_NAMES);
  const shown = known.slice(0, MOST_NAMES).join(', ');
  const hint =
    under.length > 0
      ? `the map has ${listed(under, 'and')}`
      : (didYouMean(name, [...known, ...categories]) ??
        (known.length === 0
          ? 'the map has no field there'
          : `known are ${shown}${known.length > MOST_NAMES ? `, and ${known.length - MOST_NAMES} more` : ''}`));
  return new DsrError('usage', what, { hint });
}

function checkTwice(set: readonly SettingAsked[]): void {
  if (new Set(set.map(({ name }) => name)).size === set.length) return;
  throw new DsrError('usage', '--set gives one NAME twice', { hint: 'give each one value' });
}

function bestSetting({ set, types }: TargetInput, meanings: readonly Meaning[], named: Named): number | null {
  const { collection, field } = named;
  const meant = meanings
    .flatMap((meaning, at) => (isMeant(meaning, collection, field) ? [{ meaning, at }] : []))
    .toSorted((a, b) => rankOf(a.meaning, field) - rankOf(b.meaning, field) || a.at - b.at);
  const [best, ...others] = meant;
  if (best === undefined) return null;
  if (best.meaning.kind === 'field') return best.at;
  const wantedBy = ({ meaning, at }: (typeof meant)[number]) => {
    const value = set[at]?.value ?? '';
    const use = useOf(meaning, types, field);
    return value === '' || use === null ? value : types.get(use.type).normalise(value).value;
  };
  // What another type asks of a number that may bear both names is no second value.
  const rival = others.find((each) => !isAliasOf(each.meaning, field) && wantedBy(each) !== wantedBy(best));
  if (rival === undefined) return best.at;
  const names = [best, rival].map(({ at }) => set[at]?.name ?? '');
  throw new DsrError(
    'usage',
    `--set gives ${names.join(' and ')} different values, and both mean ${nameOf(named)}`,
    { place: collection.id, hint: 'give one of them, or name the field itself' },
  );
}

function rankOf(meaning: Meaning, field: Field): number {
  return PRECEDENCE.indexOf(meaning.kind) + (isAliasOf(meaning, field) ? 0.5 : 0);
}

function isAliasOf(meaning: Meaning, { identifier }: Field): boolean {
  return meaning.kind === 'type' && identifier !== null && identifier.type !== meaning.type;
}

function isMeant(meaning: Meaning, collection: Collection, field: Field): boolean {
  if (meaning.kind === 'field') return meaning.collection === collection && meaning.field === field;
  return meaning.kind === 'category' ? field.category === meaning.category : isOfType(meaning, field);
}

interface TypeAndCategory {
  readonly type: string;
  readonly category: string | null;
}

function isOfType({ type, category }: TypeAndCategory, { identifier, category: held }: Field): boolean {
  if (identifier === null) return category !== null && held === category;
  return identifier.type === type || isAlias(identifier.type, type);
}

/** A sole trader's organisationsnummer is the owner's personnummer. */
function isAlias(type: string, other: string): boolean {
  return type !== other && ALIASES.has(type) && ALIASES.has(other);
}

const ALIASES = new Set(['personnummer', 'organisationsnummer']);

function useOf(
  meaning: Meaning,
  types: IdentifierTypes,
  { identifier, category }: Field,
): IdentifierUse | null {
  if (identifier !== null) return identifier;
  const type = meaning.kind === 'field' ? typeOfCategory(types, category) : meaning.type;
  return type === null ? null : { type, match: null, encoding: null };
}

/** A whole column that is set takes what is inside it along. */
function withoutInner(targets: readonly Target[]): readonly Target[] {
  const whole = new Map(
    targets.flatMap((target) =>
      target.field.at.path.length === 0 ? [[target.field.at.column, target]] : [],
    ),
  );
  return targets.filter((target) => {
    const outer = whole.get(target.field.at.column);
    if (outer === undefined || outer === target) return true;
    if (!outer.always || !target.always) return false;
    throw new DsrError(
      'usage',
      `--set names ${outer.collection.id}.${outer.field.name} and ${target.field.name} inside it`,
      { hint: 'name one of them' },
    );
  });
}

function refused(collection: Collection, field: Field, barrier: Barrier): DsrError {
  return new DsrError('usage', `${collection.id}.${field.name} is not set: ${barrier.why}`, {
    hint: barrier.hint,
  });
}
