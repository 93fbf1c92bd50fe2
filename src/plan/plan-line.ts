import canonicalize from 'canonicalize';
import type { Mask } from '../model/map.js';
import { isJsonText, type Scalar, type Value } from '../model/value.js';
import type { EraseReason, FieldChange, LookAgain, PlanGroup, PlanHeader, PlanRow } from './plan.js';

/**
 * A plan's parts as lines of canonical JSON (RFC 8785): what is hashed, and what stands in a saved plan.
 * A value that JSON has no word for is an object of one member:
 *
 * | value | JSON |
 * |---|---|
 * | bigint | `{"integer":"9007199254740993"}` |
 * | NaN, the infinities, -0 | `{"float":"NaN"}` |
 * | bytes | `{"bytes":"…"}`, base64 |
 * | a JSON document | `{"json":"…"}`, its own text |
 *
 * All others are themselves, arrays element by element.
 */
export type Json =
  | null
  | string
  | number
  | boolean
  | readonly Json[]
  | { readonly [name: string]: Json | undefined };

export function canonical(value: Json): string {
  return canonicalize(value) ?? 'null';
}

export function valueJson(value: Value): Json {
  if (typeof value === 'bigint') return { integer: String(value) };
  if (typeof value === 'number') {
    if (Object.is(value, -0)) return { float: '-0' };
    return Number.isFinite(value) ? value : { float: String(value) };
  }
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('base64') };
  return isJsonText(value) ? { json: value.json } : value.map(valueJson);
}

export function jsonValue(json: unknown): Value {
  if (json === null || typeof json === 'string' || typeof json === 'boolean') return json;
  if (typeof json === 'number') return json;
  if (Array.isArray(json)) return json.map(jsonValue);
  const [[tag, text] = [], ...more] = Object.entries(objectOf(json));
  if (typeof text !== 'string' || more.length > 0) throw new Malformed();
  if (tag === 'integer' && /^-?\d+$/.test(text)) return BigInt(text);
  if (tag === 'float') return Number(text);
  if (tag === 'bytes') return new Uint8Array(Buffer.from(text, 'base64'));
  if (tag === 'json') return { json: text };
  throw new Malformed();
}

/** The header without `created`, `today`, `request` and `identifiers`: when and for whom it was made. */
export function hashedHeader(header: PlanHeader): Json {
  const { created: _c, today: _t, request: _r, identifiers: _i, ...rest } = headerJson(header);
  return { ...rest, accepted: sorted(header.accepted), rejected: sorted(header.rejected) };
}

export function headerJson(header: PlanHeader): { readonly [name: string]: Json } {
  return {
    dsr: header.dsr,
    version: header.version,
    action: header.action,
    request: header.request,
    created: header.created,
    map: header.map,
    catalog: header.catalog,
    salt: header.salt,
    today: header.today,
    reason: header.reason,
    set: header.set.map(({ name, value }) => ({ name, value })),
    identifiers: header.identifiers.map(({ type, value }) => ({ type, value })),
    accepted: places(header.accepted),
    rejected: places(header.rejected),
  };
}

function places(answered: PlanHeader['accepted']): readonly Json[] {
  return answered.map(({ question, collection, key }) => ({ question, collection, key }));
}

/** They are answers to questions that may come in any order. */
function sorted(answered: PlanHeader['accepted']): Json {
  return places(answered).toSorted((a, b) => (canonical(a) < canonical(b) ? -1 : 1));
}

export function groupLine({ records, ...group }: PlanGroup): string {
  return canonical({
    group: {
      collection: group.collection,
      source: group.source,
      role: group.role,
      action: group.action,
      fields: group.fields.map(({ field, to }) => ({ field, to: maskJson(to) })),
      ground: group.ground,
      law: group.law,
      until: group.until,
      why: group.why,
      ...(group.again === undefined ? {} : { again: againJson(group.again) }),
    },
    records,
  });
}

function againJson({ until, ground, law }: LookAgain): Json {
  return { until, ground, law };
}

function againOf(json: unknown): LookAgain {
  const { until, ground, law } = objectOf(json);
  return { until: textOrNull(until), ground: textOrNull(ground), law: textOrNull(law) };
}

function maskJson(to: FieldChange['to']): Json {
  return typeof to === 'string' ? to : { constant: valueJson(to.constant) };
}

export function rowLine({ key, old, new: shall }: PlanRow): string {
  const values =
    old.length + shall.length === 0 ? {} : { old: old.map(valueJson), new: shall.map(valueJson) };
  return canonical({ key: key.map(valueJson), ...values });
}

const REASONS: readonly EraseReason[] = ['request', 'consent-withdrawn', 'objection', 'retention-ended'];

/** What a line says; it is checked by writing it again, see `sameLine`. Throws Malformed. */
export function groupOfLine(line: string): PlanGroup {
  const { group, records } = objectOf(JSON.parse(line));
  const facts = objectOf(group);
  const made: PlanGroup = {
    collection: textOf(facts.collection),
    source: textOf(facts.source),
    role: oneOf(facts.role, ['own', 'shared', 'mention']),
    action: oneOf(facts.action, ['delete', 'mask', 'clear', 'update', 'keep', 'manual', 'disable', 'open']),
    fields: listOf(facts.fields).map(fieldChange),
    ground: textOrNull(facts.ground),
    law: textOrNull(facts.law),
    until: textOrNull(facts.until),
    why: textOrNull(facts.why),
    ...(facts.again === undefined ? {} : { again: againOf(facts.again) }),
    records: countOf(records),
  };
  return sameLine(made, groupLine(made), line);
}

export function rowOfLine(line: string): PlanRow {
  const { key, old, new: shall } = objectOf(JSON.parse(line));
  const row: PlanRow = {
    key: listOf(key).map((part) => scalarOf(jsonValue(part))),
    old: old === undefined ? [] : listOf(old).map(jsonValue),
    new: shall === undefined ? [] : listOf(shall).map(jsonValue),
  };
  return sameLine(row, rowLine(row), line);
}

export function headerOf(json: unknown): PlanHeader {
  const facts = objectOf(json);
  if (facts.dsr !== 'plan' || facts.version !== 1) throw new Malformed();
  return {
    dsr: 'plan',
    version: 1,
    action: oneOf(facts.action, ['erase', 'rectify']),
    request: textOrNull(facts.request) as PlanHeader['request'],
    created: textOf(facts.created),
    map: textOf(facts.map),
    catalog: textOf(facts.catalog),
    salt: textOf(facts.salt),
    today: textOf(facts.today),
    reason: facts.reason === null ? null : oneOf<EraseReason>(facts.reason, REASONS),
    set: listOf(facts.set).map((one) => ({
      name: textOf(objectOf(one).name),
      value: textOf(objectOf(one).value),
    })),
    identifiers: listOf(facts.identifiers).map((one) => ({
      type: textOf(objectOf(one).type),
      value: textOf(objectOf(one).value),
    })),
    accepted: listOf(facts.accepted).map(place),
    rejected: listOf(facts.rejected).map(place),
  };
}

/** A line that is not a plan's; holds nothing of it. */
export class Malformed extends Error {}

/** What says the same in other words was not written by dsr: nothing in a plan may go unread. */
export function sameLine<T>(made: T, again: string, line: string): T {
  if (again !== line) throw new Malformed();
  return made;
}

function fieldChange(json: unknown): FieldChange {
  const { field, to } = objectOf(json);
  return { field: textOf(field), to: typeof to === 'string' ? word(to) : constant(to) };
}

const WORDS = ['null', 'pseudonym', 'redact', 'keep', 'new'] as const;

function word(to: string): FieldChange['to'] {
  return oneOf<'null' | 'pseudonym' | 'redact' | 'keep' | 'new'>(to, WORDS);
}

function constant(json: unknown): Mask {
  return { constant: scalarOf(jsonValue(objectOf(json).constant)) };
}

function place(json: unknown): PlanHeader['accepted'][number] {
  const { question, collection, key } = objectOf(json);
  return {
    question: oneOf(question, ['whose', 'what']),
    collection: textOf(collection),
    key: textOf(key),
  };
}

export function objectOf(json: unknown): Readonly<Record<string, unknown>> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new Malformed();
  return json as Readonly<Record<string, unknown>>;
}

function listOf(json: unknown): readonly unknown[] {
  if (!Array.isArray(json)) throw new Malformed();
  return json;
}

function textOf(json: unknown): string {
  if (typeof json !== 'string') throw new Malformed();
  return json;
}

function textOrNull(json: unknown): string | null {
  return json === null ? null : textOf(json);
}

function countOf(json: unknown): number {
  if (typeof json !== 'number' || !Number.isSafeInteger(json) || json < 1) throw new Malformed();
  return json;
}

function scalarOf(value: Value): Scalar {
  if (value === null || typeof value === 'object') throw new Malformed();
  return value;
}

function oneOf<T extends string>(json: unknown, words: readonly T[]): T {
  const found = words.find((known) => known === json);
  if (found === undefined) throw new Malformed();
  return found;
}
