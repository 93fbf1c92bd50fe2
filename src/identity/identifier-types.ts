import type { Clock } from '../model/clock.js';
import { DsrError } from '../model/error.js';
import type { Encoding, IdentifierSetting, IdentifierUse, MatchMode } from '../model/map.js';
import { nearest } from '../model/nearest.js';
import type { Identifier } from '../model/subject.js';
import { emailType } from './email.js';
import { compareEncoded, type Encoded, encoded, encodedForms, encodedLike } from './encoding.js';
import { globMatches } from './glob.js';
import { isShapedAsPersonnummer, possibleTypes } from './guess.js';
import { ipType } from './ip.js';
import { nameType } from './name.js';
import { organisationsnummerType } from './organisationsnummer.js';
import { partlyMasked } from './partly-masked.js';
import { isPersonShaped, personnummerType } from './personnummer.js';
import { phoneType } from './phone.js';
import { formsOf, type SpelledType } from './spelling.js';
import { fold, titleCase, unique, upperCase } from './text.js';
import { textType } from './text-type.js';
import type { IdentifierType, Likeness } from './type.js';

/** Every identifier type of a workspace: the built-in ones and those that its map declares. */
export interface IdentifierTypes {
  readonly names: readonly string[];
  /** Throws DsrError('usage') for an unknown name. */
  get(name: string): IdentifierType;
  /** `type=value`, or a bare value whose type is clear. Throws DsrError('usage'), never naming the value. */
  parse(text: string): ParsedIdentifier;
  /** Whether the map says that the value is neither searched nor carried on (a shared mailbox). */
  isNever(type: string, value: string): boolean;
  /** How a field is compared: its own mode, else its type's; an encoded value at most without case. */
  modeOf(use: IdentifierUse): MatchMode;
  /** How a field is asked for a canonical value; no forms: it cannot hold it. */
  search(use: IdentifierUse, value: string): Search;
  /** A canonical value against what such a field holds, bytes as `\x…`. */
  judge(use: IdentifierUse, value: string, stored: string): Likeness;
  /** The same number as another type: a sole trader's organisationsnummer is the owner's personnummer. */
  alsoKnownAs(identifier: Identifier): readonly Identifier[];
  /** Every text under which the value may stand in free text or in bytes. */
  variants(type: string, value: string): readonly string[];
  /**
   * A new value in the form in which another is stored in such a field: its separators, its number of
   * digits, its encoding. Addresses, names and what has no rules of its own come as given.
   *
   * @param known what stands there now, canonical: an encoding does not show of which spelling it is.
   * @returns null: in that form it would be another value.
   */
  respelled(use: IdentifierUse, stored: string, value: string, known: string): string | null;
  /** As a confirmation shows it: enough to see a mistake, not enough to tell who it is. */
  partlyMasked(identifier: Identifier): string;
}

export interface ParsedIdentifier {
  readonly identifier: Identifier;
  /** What is wrong with a value that is searched all the same; names no value. */
  readonly warning: string | null;
}

export interface Search {
  readonly mode: MatchMode;
  readonly forms: readonly string[];
}

export interface IdentifierOptions {
  /** Ten digits of a personnummer mean the person who is under 100 now. */
  readonly clock?: Pick<Clock, 'now'>;
  /** Whose phone numbers are those without a country (ISO 3166); the controller's. */
  readonly country?: string;
}

/** What stands in place of a masked value names nobody: neither is it searched nor carried on. */
export const isPseudonym = (value: string): boolean =>
  /@(?:pseudonym|x)\.invalid$/i.test(value) || /^pseudonym-/i.test(value);

type FormedType = SpelledType & IdentifierType;

/** Encodings of so many values are kept: a million records may hold the one that is looked for. */
const MOST_ENCODED = 1_000;

/** The settings are the map's `identifiers`: they add types and override the built-in ones. */
export function identifierTypes(
  settings: Readonly<Record<string, IdentifierSetting>> = {},
  options: IdentifierOptions = {},
): IdentifierTypes {
  const types = typesOf(settings, options);
  const names = [...types.keys()];

  const typeOf = (name: string): FormedType => {
    const type = types.get(name);
    if (type !== undefined) return type;
    throw new DsrError('usage', `there is no identifier type '${name}'`, { hint: typeHint(name, names) });
  };

  const isNever = (name: string, value: string): boolean => {
    if (isPseudonym(value)) return true;
    const patterns = settings[name]?.never ?? [];
    if (patterns.length === 0) return false;
    const type = typeOf(name);
    const globs = patterns.filter((pattern) => pattern.includes('*'));
    const texts = globs.length === 0 ? [] : type.spellings(value);
    return (
      globs.some((glob) => texts.some((text) => globMatches(glob, text))) ||
      patterns.some((pattern) => !pattern.includes('*') && type.compare(value, pattern) === 'same')
    );
  };

  const modeOf = ({ type, match, encoding }: IdentifierUse): MatchMode => {
    if (encoding === null) return match ?? typeOf(type).match;
    return match === 'folded' ? 'folded' : 'exact';
  };

  const encodings = new Map<string, readonly Encoded[]>();
  const encodedAs = (name: string, value: string, encoding: Encoding): readonly Encoded[] => {
    const key = `${name} ${encoding} ${value}`;
    const known = encodings.get(key);
    if (known !== undefined) return known;
    if (encodings.size >= MOST_ENCODED) encodings.clear();
    const made = encoded(typeOf(name), value, encoding);
    encodings.set(key, made);
    return made;
  };

  const accept = (name: string, raw: string): ParsedIdentifier => {
    const { value, content, problem } = typeOf(name).normalise(raw);
    if (!content) {
      throw new DsrError('usage', `the ${name} given is empty`, {
        hint: `write ${name}=VALUE with a value in it`,
      });
    }
    if (isNever(name, value)) {
      throw new DsrError('usage', `the ${name} given is one that the map says is shared and never searched`, {
        hint: `give another identifier, or change identifiers.${name}.never in dsr.yaml`,
      });
    }
    const warning =
      problem === null ? null : `the ${name} given is not valid: ${problem}; it is searched as it stands`;
    return { identifier: { type: name, value }, warning };
  };

  const nameWithoutCase = (name: string): string | undefined =>
    types.has(name) ? name : names.find((known) => known.toLowerCase() === name.toLowerCase());

  const parse = (text: string): ParsedIdentifier => {
    const equals = text.indexOf('=');
    const before = equals < 0 ? null : text.slice(0, equals).trim();
    const named = before === null ? undefined : nameWithoutCase(before);
    if (named !== undefined) return accept(named, text.slice(equals + 1));
    const possible = possibleTypes(text, {
      email: typeOf('email'),
      phone: typeOf('phone'),
      personnummer: typeOf('personnummer'),
      organisationsnummer: typeOf('organisationsnummer'),
    });
    const [only, ...others] = possible;
    // An address with an = in it is rare, a mistyped type is not: it is given as email=….
    if (before !== null) {
      // What stands before the = may be personal, hence it is not repeated.
      throw new DsrError('usage', 'what stands before the = is no identifier type', {
        hint: typeHint(before, names),
      });
    }
    if (text.trim() === '')
      throw new DsrError('usage', 'an identifier given is empty', { hint: 'write type=value' });
    if (only === undefined) {
      throw new DsrError('usage', 'it is not clear of which type an identifier given is', {
        hint: isShapedAsPersonnummer(text)
          ? 'as a personnummer it is not valid; write personnummer=… to search it all the same'
          : `write type=value; the types are ${names.join(', ')}`,
      });
    }
    if (others.length > 0) {
      throw new DsrError('usage', `an identifier given may be a ${possible.join(' or a ')}`, {
        hint: `write ${possible.map((name) => `${name}=…`).join(' or ')}`,
      });
    }
    return accept(only, text);
  };

  return {
    names,
    get: typeOf,
    parse,
    isNever,
    modeOf,
    search(use, value) {
      const { type: name, encoding } = use;
      const mode = modeOf(use);
      if (encoding === null) return { mode, forms: typeOf(name).forms(value, mode) };
      return { mode, forms: encodedForms(encodedAs(name, value, encoding), encoding, mode) };
    },
    judge({ type: name, encoding }, value, stored) {
      if (encoding === null) return typeOf(name).compare(value, stored);
      return compareEncoded(encodedAs(name, value, encoding), stored);
    },
    alsoKnownAs({ type, value }) {
      if (!isPersonShaped(value)) return [];
      if (type === 'personnummer') return [{ type: 'organisationsnummer', value }];
      return type === 'organisationsnummer' ? [{ type: 'personnummer', value }] : [];
    },
    variants(name, value) {
      const texts = typeOf(name)
        .spellings(value)
        .map((text) => text.trim());
      const cased = texts.flatMap((text) => [text, fold(text), titleCase(text), upperCase(text)]);
      return unique(cased.flatMap((text) => [text, text.normalize('NFD')]));
    },
    respelled({ type: name, encoding }, stored, value, known) {
      const type = typeOf(name);
      if (encoding !== null) return encodedLike(type, encoding, stored, value, known);
      if (type.respelled === undefined) return value;
      const canonical = type.normalise(value).value;
      const text = type.respelled(stored, canonical);
      return type.compare(canonical, text) === 'same' ? text : null;
    },
    partlyMasked: ({ type, value }) => partlyMasked(type, value),
  };
}

function typesOf(
  settings: Readonly<Record<string, IdentifierSetting>>,
  options: IdentifierOptions,
): ReadonlyMap<string, FormedType> {
  const personnummer = personnummerType(options.clock ?? { now: () => new Date() });
  const matchOf = (name: string): MatchMode => settings[name]?.match ?? 'exact';
  const builtIn = [
    emailType,
    phoneType(options.country ?? 'SE'),
    personnummer,
    organisationsnummerType(personnummer),
    nameType,
    ipType,
    textType('cookie_id', matchOf('cookie_id'), 'user.device.cookie_id'),
    textType('username', matchOf('username'), 'user.account.username'),
  ];
  const types = new Map<string, SpelledType>(builtIn.map((type) => [type.name, type]));
  for (const [name, { strength, single, match }] of Object.entries(settings)) {
    const type = types.get(name) ?? textType(name, match ?? 'exact', null);
    types.set(name, {
      ...type,
      strength: strength ?? type.strength,
      single: single ?? type.single,
      match: match ?? type.match,
    });
  }
  return new Map([...types].map(([name, type]) => [name, withForms(type)]));
}

function withForms(type: SpelledType): FormedType {
  return { ...type, forms: (value, mode) => formsOf(type.spellings(value), mode) };
}

function typeHint(name: string, names: readonly string[]): string {
  const [meant] = nearest(name, names);
  return meant === undefined ? `the types are ${names.join(', ')}` : `did you mean '${meant}'?`;
}
