import type { IdentifierTypes } from '../identity/identifier-types.js';
import { hasContent, tidy } from '../identity/text.js';
import type { Identifier } from '../model/subject.js';
import type { SettingAsked, Target } from './rectify-targets.js';

/** The new value, canonical by the type of the field; null: the field has none, or cannot hold the value. */
export function canonicalFor(
  { alias, use }: Target,
  { name, value }: SettingAsked,
  types: IdentifierTypes,
): string | null {
  if (use === null || value === '') return null;
  if (!alias) return types.get(use.type).normalise(value).value;
  const identifier = { type: name, value: types.get(name).normalise(value).value };
  return types.alsoKnownAs(identifier).find(({ type }) => type === use.type)?.value ?? null;
}

/** The identifiers that the person gets by the settings, of the fields that say one. */
export function newIdentifiers(
  set: readonly SettingAsked[],
  targets: readonly Target[],
  types: IdentifierTypes,
): readonly Identifier[] {
  const found = new Map<string, Identifier>();
  for (const target of targets) {
    const asked = set[target.setting];
    const { identifier } = target.field;
    if (asked === undefined || identifier === null || target.barrier?.action === 'keep') continue;
    const value = canonicalFor(target, asked, types);
    if (value === null) continue;
    found.set(`${identifier.type} ${value}`, { type: identifier.type, value });
  }
  return [...found.values()];
}

/** What a person should know of the values before they are set; names none. */
export function warningsOf(
  set: readonly SettingAsked[],
  targets: readonly Target[],
  types: IdentifierTypes,
): readonly string[] {
  return set.flatMap(({ name, value }, setting) => {
    if (value === '') return [];
    const used = targets.filter((target) => target.setting === setting && !target.alias);
    if (!hasContent(tidy(value))) return [`the value given for ${name} says nothing; it is set as it stands`];
    const names = new Set(used.flatMap(({ field }) => field.identifier?.type ?? []));
    return [...names].flatMap((type) => {
      const { problem, value: canonical } = types.get(type).normalise(value);
      const invalid =
        problem === null ? [] : [`the new ${type} is not valid: ${problem}; it is set as it stands`];
      const never = types.isNever(type, canonical)
        ? [`the new ${type} is one that the map says is shared and never searched: nobody is found by it`]
        : [];
      return [...invalid, ...never];
    });
  });
}
