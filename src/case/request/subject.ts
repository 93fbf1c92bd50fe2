import type { IdentifierTypes } from '../../identity/identifier-types.js';
import type { Ledger } from '../../ledger/ledger.js';
import { DsrError } from '../../model/error.js';
import type { SubjectTag } from '../../model/request.js';
import type { Identifier } from '../../model/subject.js';
import type { Context } from '../context.js';

/**
 * What the operator gave, normalised, each once, in the order given. Warnings go to the operator.
 *
 * @throws DsrError usage: none given, unclear, empty or never searched.
 */
export function parseIdentifiers(
  context: Context,
  types: IdentifierTypes,
  given: readonly string[],
): readonly Identifier[] {
  if (given.length === 0) {
    throw new DsrError('usage', 'no identifier was given', {
      hint: 'say who: type=value or a bare value, or `-` to read them from standard input',
    });
  }
  const found = new Map<string, Identifier>();
  for (const text of given) {
    const { identifier, warning } = types.parse(text);
    if (warning !== null) context.report({ kind: 'warning', message: warning });
    found.set(`${identifier.type}\n${identifier.value}`, identifier);
  }
  return [...found.values()];
}

/** A person as ledger and work file know them. */
export function tagsOf(ledger: Ledger, identifiers: readonly Identifier[]): readonly SubjectTag[] {
  return identifiers.map(({ type, value }) => ({ type, tag: ledger.subjectTag(type, value) }));
}

/** The tags under which somebody with these identifiers may have come before. */
export function tagsToAsk(
  ledger: Ledger,
  types: IdentifierTypes,
  identifiers: readonly Identifier[],
): readonly string[] {
  const also = identifiers.flatMap((identifier) => types.alsoKnownAs(identifier));
  return tagsOf(ledger, [...identifiers, ...also]).map(({ tag }) => tag);
}
