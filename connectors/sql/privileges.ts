import type { Finding } from '../../src/connector/contract.js';

/** More than so many tables are not told by name. */
const NAMED = 5;

/**
 * Where a role may change records, and where not: both are right for somebody. A role that may only
 * SELECT is enough to find and export; to erase and rectify it needs UPDATE and DELETE.
 */
export function changeFindings(
  source: string,
  role: string,
  tables: readonly string[],
  changeable: ReadonlySet<string>,
  grantee: string,
): readonly Finding[] {
  const refused = tables.filter((table) => !changeable.has(table));
  const may = tables.length - refused.length;
  const findings: Finding[] = [];
  const info = (message: string, hint: string | null) =>
    findings.push({ severity: 'info', about: source, message, hint });
  if (may > 0) {
    info(
      `${role} may change ${may} of ${tables.length} tables: needed to erase, not to find or export`,
      null,
    );
  }
  if (refused.length > 0) {
    const named = refused
      .slice(0, NAMED)
      .map((table) => `grant select, update, delete on ${table} to ${grantee};`);
    const more = refused.length > NAMED ? ` and so for ${refused.length - NAMED} more` : '';
    info(
      `${role} may not UPDATE and DELETE in ${refused.length} of ${tables.length} tables: enough to find and export, not to erase or rectify there`,
      `where something is to be erased: ${named.join(' ')}${more}`,
    );
  }
  return findings;
}
