import { type IdentifierTypes, identifierTypes } from '../identity/identifier-types.js';
import type { FieldType } from '../model/catalog.js';
import { DsrError } from '../model/error.js';
import type { Mask } from '../model/map.js';
import type { Value } from '../model/value.js';
import { checksOn } from './check/check.js';
import { constantOf } from './constant.js';
import { pseudonymMaker } from './pseudonym.js';
import { type Redaction, redactor } from './redact.js';
import type { MaskTarget } from './target.js';

export interface MaskMaker {
  /**
   * What a mask puts in a value's place. A stored NULL or empty text has nothing to mask and stays, but
   * for a constant. `attempt`: another pseudonym, where the ones before are taken.
   *
   * @throws DsrError data, where no pseudonym can be made (`canMake` tells beforehand).
   */
  value(target: MaskTarget, to: Mask, stored: Value, attempt?: number): Value;
}

export interface MaskInput {
  /** Secret, of one request; without it no pseudonym leads back. */
  readonly seed: Uint8Array;
  readonly types: IdentifierTypes;
  /** Whom `redact` takes out of texts. */
  readonly people: Redaction;
}

/** Makes the values of one request. Pure: the same seed and value give the same pseudonym. */
export function maskMaker({ seed, types, people }: MaskInput): MaskMaker {
  const pseudonymise = pseudonymMaker(types);
  const redact = redactor(people, types);
  return {
    value(target, to, stored, attempt = 0) {
      if (to === 'keep') return stored;
      if (to === 'null') return null;
      if (typeof to === 'object')
        return target.inDocument ? to.constant : constantOf(to.constant, target.type);
      if (to === 'redact') return redact.value(stored, target.type);
      const made = pseudonymise(target, stored, seed, attempt);
      if (made !== undefined) return made;
      throw new DsrError(
        'data',
        `${target.name}: no random value can be made that its type and checks take`,
        {
          place: target.name,
          hint: 'give the field another mask in dsr.yaml: { constant: … }, or keep',
        },
      );
    },
  };
}

const BUILT_IN = identifierTypes();
const PROBE_SEEDS = [0, 1, 2].map((byte) => new Uint8Array(32).fill(byte));

/** Why no pseudonym can be made for a target; null: one can. Names type and check, never a value. */
export function canMake(target: MaskTarget): string | null {
  const { column, type, checks } = target;
  const make = pseudonymMaker(BUILT_IN);
  const probe = probeOf(type);
  const makes = (tried: MaskTarget) => PROBE_SEEDS.every((seed) => make(tried, probe, seed, 0) !== undefined);
  // In a document nothing but what stands there says of what kind it is.
  if (target.inDocument || makes(target)) return null;
  const none = `no random value can be made for ${column}, which is ${type.native}`;
  if (!makes({ ...target, checks: [] })) return none;
  const alone = checksOn(column, checks).find((check) => !makes({ ...target, checks: [check.info] }));
  return `${none}: ${alone === undefined ? 'its checks' : `the check ${alone.title}`} may refuse it`;
}

function probeOf({ kind }: FieldType): Value {
  if (kind === 'json') return { json: '{}' };
  if (kind === 'bytes') return new Uint8Array([1]);
  return ['integer', 'decimal', 'float'].includes(kind) ? 1 : 'x';
}
