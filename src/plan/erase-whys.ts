import { ROLE } from '../survey/facts.js';
import type { Rules } from '../survey/rules.js';
import type { Edge, Terrain } from '../survey/terrain.js';
import type { Cause } from './erase-bend.js';
import { FATE } from './erase-fates.js';

/** Why a verdict was bent, in words; names places, never values. */
export function whyBent(cause: Cause, terrain: Terrain, rules: Rules): string {
  const edge = terrain.edges[cause.edge];
  if (edge === undefined) return 'something that stays refers to it';
  const { ground } = rules.at(cause.rule);
  if (cause.role === ROLE.other) return `${edge.name} of somebody else's record refers to it`;
  if (cause.fate === FATE.manual) return `${edge.name} refers to it, in a record that is left as a task`;
  if (cause.kept === 1)
    return `${edge.name} refers to it, in a record that is kept${ground === null ? '' : ` (${ground})`}`;
  if (edge.onErase === 'keep') return `${edge.name} refers to it, and the map keeps that link`;
  if (edge.clears.length === 0) return `${edge.name} refers to it and may not be null`;
  return `${edge.name} refers to it, in a record that stays`;
}

/** A key, or what others refer to, that names the person and stays, because something that is kept points at it. */
export function whyKeyStays(fields: readonly string[], cause: Cause, terrain: Terrain): string {
  return `${fields.join(', ')} stay${fields.length === 1 ? 's' : ''}: ${terrain.edges[cause.edge]?.name ?? 'a kept record'} points at it`;
}

export function whyRing(edge: Edge | null): string {
  const name = edge === null ? 'records' : `${edge.name} and what it leads to`;
  return `${name} refer to each other, and neither link may be null`;
}

/** A link of a masked record to one that is somebody else's too. */
export function whyLinkStays(edges: readonly Edge[]): string {
  return edges.map(({ name }) => `${name} may not be null: the link to the shared record stays`).join('; ');
}

/** A mention of which nothing can be cleared. */
export function whyMentionStays(edges: readonly Edge[]): string {
  const mentions = edges.filter(({ relation }) => relation === 'mentions');
  const kept = mentions.find(({ onErase }) => onErase === 'keep');
  if (kept !== undefined) return `the map keeps the mention ${kept.name} (onErase: keep)`;
  const held = mentions.find(({ clears }) => clears.length === 0);
  if (held !== undefined) return `${held.name} may not be null; the record that it leads to is masked`;
  return 'the map keeps the mention (onErase: keep)';
}
