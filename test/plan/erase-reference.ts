import type { Until } from '../../src/model/map.js';
import type { Scalar, Value } from '../../src/model/value.js';
import type { EraseReason } from '../../src/plan/plan.js';
import type { World, WorldCollection, WorldReference } from '../support/world.js';

/**
 * Erasure as architecture.md says it, slow and obvious: the whole landscape in memory, each rule tried
 * on every record until nothing changes. Knows nothing of sets, surveys or SQL.
 *
 * @param roles by `collection:key`, as locate told them; who is not in there is somebody else's.
 * @param held those that stay whatever the map says, by what the reason covers.
 * @param masked those that were masked before, of which no value is masked again.
 * @returns by `collection:key`: what becomes of every record that was found, and of those masked instead of
 *   deleted when to look again.
 */
export function referencePlan(
  world: World,
  roles: ReadonlyMap<string, string>,
  known: ReadonlySet<string>,
  today: string,
  reason: EraseReason,
  masked: ReadonlySet<string> = new Set(),
  held: ReadonlySet<string> = new Set(),
): ReferencePlan {
  const nodes = Object.entries(world).flatMap(([collection, of]) =>
    of.rows.map((row): Node => ({ id: `${collection}:${String(row.id)}`, collection, of, row })),
  );
  const links = nodes.flatMap((from) =>
    (from.of.references ?? []).flatMap((reference, at) =>
      nodes
        .filter((to) => to !== from && refers(from, reference, to))
        .map((to): Link => ({ from, to, reference, at })),
    ),
  );
  const role = (node: Node) => roles.get(node.id) ?? 'other';
  const verdicts = new Map(
    nodes.map((node) => [node, held.has(node.id) ? 'keep' : first(node, today, reason)]),
  );
  const ends = new Map(nodes.map((node) => [node, held.has(node.id) ? null : endOf(node, today, reason)]));
  inherit(nodes, links, role, verdicts, ends);

  const names = (node: Node) =>
    Object.entries(node.of.identifiers ?? {}).filter(
      ([field, use]) =>
        (use.relation === 'mentions' || use.of !== undefined) &&
        known.has(`${use.type}=${String(node.row[field])}`),
    );
  const kept = (node: Node) =>
    role(node) === 'other' || !['delete', 'mask'].includes(verdicts.get(node) ?? '');
  const fate = new Map<Node, string>();
  for (const node of nodes) fate.set(node, firstFate(node));
  function firstFate(node: Node): string {
    const verdict = verdicts.get(node) ?? '';
    if (role(node) === 'own') return verdict;
    if (role(node) !== 'mention') return 'stay';
    if (verdict === 'manual') return 'manual';
    const removes =
      names(node).some(([, use]) => use.onErase === 'delete') ||
      links.some(
        ({ from, to, reference }) =>
          from === node &&
          role(to) === 'own' &&
          reference.relation === 'mentions' &&
          reference.onErase === 'delete',
      );
    return removes && !kept(node) ? 'remove' : 'stay';
  }

  const goes = (node: Node) => ['delete', 'remove'].includes(fate.get(node) ?? '');
  const letsGo = ({ from, reference }: Link): boolean => {
    if (!mayBeNull(from.of, reference) || reference.onErase === 'keep' || kept(from)) return false;
    const { relation } = reference;
    if (role(from) === 'mention') return relation === 'mentions';
    if (role(from) === 'shared') return relation === 'mentions' || relation === 'owned-by';
    return role(from) === 'own' && fate.get(from) === 'mask';
  };
  const settle = () => {
    for (let changed = true; changed; ) {
      changed = false;
      for (const link of links) {
        if (link.from.of.outside === true || goes(link.from) || !goes(link.to) || letsGo(link)) continue;
        fate.set(link.to, fate.get(link.to) === 'delete' ? 'mask' : 'stay');
        changed = true;
      }
    }
  };
  settle();
  for (let ring = hardRing(); ring.length > 0; ring = hardRing()) {
    for (const node of ring) fate.set(node, fate.get(node) === 'remove' ? 'stay' : 'mask');
    settle();
  }
  /** Records to be deleted that lead back to themselves by links that nothing lets go of. */
  function hardRing(): readonly Node[] {
    const hard = links.filter(
      ({ from, to, reference }) =>
        goes(from) &&
        goes(to) &&
        from.collection[0] === to.collection[0] &&
        !mayBeNull(from.of, reference) &&
        !(
          reference.constraint === undefined ||
          reference.constraint === 'cascade' ||
          // What a constraint does by itself it does at once: only a check can be put off.
          (reference.deferrable === true && reference.constraint !== 'set-null')
        ),
    );
    const reaches = (start: Node): boolean => {
      const seen = new Set<Node>();
      const queue = [start];
      for (const node of queue) {
        for (const { from, to } of hard) {
          if (from !== node) continue;
          if (to === start) return true;
          if (!seen.has(to)) queue.push(to);
          seen.add(to);
        }
      }
      return false;
    };
    return nodes.filter((node) => goes(node) && reaches(node));
  }
  if (
    links.some(
      ({ from, to, reference }) => from.of.outside === true && goes(to) && reference.constraint !== undefined,
    )
  )
    return { told: new Map([['refused', 'refused']]), husks: new Map() };

  const told = new Map<string, string>();
  for (const node of nodes) {
    if (!roles.has(node.id)) continue;
    const cut = links
      .filter(
        (link) =>
          link.from === node &&
          letsGo(link) &&
          (goes(link.to) ||
            (role(node) !== 'own' && link.reference.relation === 'mentions' && role(link.to) === 'own') ||
            (role(node) === 'own' &&
              role(link.to) === 'shared' &&
              ['owns', 'owned-by'].includes(link.reference.relation))),
      )
      .flatMap(({ reference }) => reference.fields);
    // What is `of` a link that names the person is theirs, and so is what stands beside an identifier of theirs.
    const saying = links
      .filter(({ from, to, reference }) => {
        const bears =
          reference.relation === 'mentions' || (role(node) === 'shared' && reference.relation === 'owned-by');
        return from === node && role(to) === 'own' && bears && reference.onErase !== 'keep';
      })
      .flatMap(({ reference }) => reference.fields);
    const named = names(node).filter(([, use]) => use.onErase !== 'keep');
    const theirs = new Set([...saying, ...named.flatMap(([, use]) => use.of ?? [])]);
    const beside = Object.entries(node.of.identifiers ?? {}).filter(
      ([, use]) => use.of !== undefined && theirs.has(use.of),
    );
    const cleared = kept(node) || role(node) === 'own' ? [] : [...named, ...beside].map(([field]) => field);
    const fields = [...new Set([...cut, ...cleared])].sort().join(' ');
    const still = masked.has(node.id) && role(node) === 'own' && fate.get(node) === 'mask' && fields === '';
    told.set(node.id, still ? 'keep' : actionOf(role(node), fate.get(node) ?? '', fields));
  }

  const husks = new Map(
    nodes
      .filter((node) => role(node) === 'own' && verdicts.get(node) === 'delete' && fate.get(node) === 'mask')
      .map((node) => [node, null as string | null]),
  );
  for (let changed = true; changed; ) {
    changed = false;
    for (const link of links) {
      const { from, to } = link;
      const now = husks.get(to);
      if (now === undefined || from.of.outside === true || goes(from) || letsGo(link)) continue;
      const kept = role(from) === 'other' || fate.get(from) === 'mask' ? null : (ends.get(from) ?? null);
      const end = husks.has(from) ? (husks.get(from) ?? null) : kept;
      if (end === null || (now !== null && now <= end)) continue;
      husks.set(to, end);
      changed = true;
    }
  }
  return { told, husks: new Map([...husks].map(([{ id }, end]) => [id, end])) };
}

export interface ReferencePlan {
  readonly told: ReadonlyMap<string, string>;
  /** The earliest day of what pins it; null: nothing of that has one. */
  readonly husks: ReadonlyMap<string, string | null>;
}

/** Until when its retention keeps a record; null: none does, or without an end. */
function endOf(node: Node, today: string, reason: EraseReason): string | null {
  const { of, row } = node;
  if (reason === 'consent-withdrawn' && of.legalBasis !== 'consent') return null;
  const ends = (of.retain ?? [])
    .filter(({ when }) =>
      when.every(({ field, anyOf }) => anyOf.map(String).includes(String(row[field] ?? null))),
    )
    .map(({ until }) => endsOn(row, until))
    .filter((end) => today < end);
  return ends[0] ?? null;
}

function endsOn(row: Node['row'], until: Until): string {
  const day = row[until.field] as Scalar | null;
  const years = 'plus' in until ? (until.plus.years ?? 0) : 0;
  return `${Number(String(day).slice(0, 4)) + years}${String(day).slice(4)}`;
}

function actionOf(role: string, fate: string, fields: string): string {
  if (fate === 'delete' || fate === 'remove') return 'delete';
  if (fate === 'manual') return 'manual';
  if (role === 'own') return fate === 'mask' ? `mask ${fields}`.trim() : 'keep';
  return fields === '' ? 'keep' : `clear ${fields}`;
}

interface Node {
  readonly id: string;
  readonly collection: string;
  readonly of: WorldCollection;
  readonly row: Readonly<Record<string, Value>>;
}

interface Link {
  readonly from: Node;
  readonly to: Node;
  readonly reference: WorldReference;
  readonly at: number;
}

function refers(from: Node, reference: WorldReference, to: Node): boolean {
  if (to.collection !== reference.to) return false;
  const holds = (reference.when ?? []).every(({ field, anyOf }) =>
    anyOf.map(String).includes(String(from.row[field] ?? null)),
  );
  return (
    holds &&
    reference.fields.every((field, at) => {
      const value = from.row[field] ?? null;
      const target = to.row[(reference.on ?? ['id'])[at] ?? 'id'] ?? null;
      return value !== null && target !== null && String(value) === String(target);
    })
  );
}

/** By no other reference's column, by no key, and by no NOT NULL. */
function mayBeNull(of: WorldCollection, reference: WorldReference): boolean {
  return reference.fields.some((field) => {
    const shared = (of.references ?? []).some((other) => other !== reference && other.fields.includes(field));
    return field !== 'id' && !(of.notNull ?? []).includes(field) && !shared;
  });
}

function first({ of, row }: Node, today: string, reason: EraseReason): string {
  if (reason === 'consent-withdrawn' && of.legalBasis !== 'consent') return 'keep';
  for (const { until, when } of of.retain ?? []) {
    if (!when.every(({ field, anyOf }) => anyOf.map(String).includes(String(row[field] ?? null)))) continue;
    if (today < endsOn(row, until)) return 'keep';
  }
  return typeof of.erase === 'object' ? of.erase.kind : (of.erase ?? 'delete');
}

const STRICT = ['delete', 'mask', 'manual', 'keep'];

function inherit(
  nodes: readonly Node[],
  links: readonly Link[],
  role: (node: Node) => string,
  verdicts: Map<Node, string>,
  ends: Map<Node, string | null>,
): void {
  const open = () => nodes.filter((node) => verdicts.get(node) === 'as-owner');
  for (let left = open(); left.length > 0; left = open()) {
    const given = left.flatMap((node): readonly (readonly [Node, string, string | null])[] => {
      const owners = links
        .filter(({ from, reference }) => from === node && reference.relation === 'owned-by')
        .map(({ to }) => to);
      if (owners.some((owner) => verdicts.get(owner) === 'as-owner')) return [];
      const own = role(node) === 'own';
      const counted = owners.filter(
        (owner) => verdicts.get(owner) === 'keep' || (own && role(owner) === 'own'),
      );
      const best = counted
        .map((owner) => verdicts.get(owner) ?? '')
        .sort((a, b) => STRICT.indexOf(b) - STRICT.indexOf(a))[0];
      // Of several the one that keeps longest, without an end longest of all.
      const kept = counted.filter((owner) => verdicts.get(owner) === 'keep').map((owner) => ends.get(owner));
      const last =
        kept
          .map((end) => end ?? '9999')
          .sort()
          .at(-1) ?? '9999';
      return [[node, best ?? (own ? 'manual' : 'delete'), last === '9999' ? null : last]];
    });
    if (given.length === 0)
      for (const node of left) verdicts.set(node, role(node) === 'own' ? 'manual' : 'keep');
    for (const [node, verdict, end] of given) {
      verdicts.set(node, verdict);
      ends.set(node, end);
    }
  }
}
