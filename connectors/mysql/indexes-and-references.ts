import type { ReferenceInfo } from '../../src/model/catalog.js';
import { grouped, text } from '../sql/rows.js';
import type { Raw, Row } from '../sql/session.js';

interface Index {
  readonly name: string;
  readonly parts: readonly string[];
  readonly unique: boolean;
  readonly notNull: boolean;
  /** Over whole columns: no prefix, no expression. */
  readonly plain: boolean;
}

export function indexesOf(rows: readonly Row[]): readonly Index[] {
  return [...grouped(rows.map((row) => row.slice(2))).values()].map((parts) => ({
    name: text(parts[0]?.[0]),
    parts: parts.map((part) => (part[2] === null ? '(expression)' : text(part[2]))),
    unique: text(parts[0]?.[1]) === '0',
    notNull: parts.every((part) => text(part[4]) !== 'YES'),
    plain: parts.every((part) => part[2] !== null && part[3] === null),
  }));
}

const ON_DELETE: Readonly<Record<string, ReferenceInfo['onDelete']>> = {
  'NO ACTION': 'no-action',
  RESTRICT: 'restrict',
  CASCADE: 'cascade',
  'SET NULL': 'set-null',
  'SET DEFAULT': 'set-default',
};

/**
 * Without the privilege REFERENCES the key is told, its rule is not: then it may do anything by itself, and
 * nothing passes it. InnoDB never does SET DEFAULT, so that says it.
 */
export function onDeleteOf(rule: Raw): ReferenceInfo['onDelete'] {
  return rule === null ? 'set-default' : (ON_DELETE[text(rule)] ?? 'no-action');
}

export function referencesOf(rows: readonly Row[]): readonly ReferenceInfo[] {
  return [...grouped(rows.map((row) => row.slice(2))).values()].map((parts) => ({
    name: text(parts[0]?.[0]),
    fields: parts.map((part) => text(part[1])),
    to: `${text(parts[0]?.[2])}.${text(parts[0]?.[3])}`,
    on: parts.map((part) => text(part[4])),
    onDelete: onDeleteOf(parts[0]?.[5] ?? null),
    deferrable: false,
    // InnoDB knows no check at the statement's end.
    rowByRow: true,
  }));
}
