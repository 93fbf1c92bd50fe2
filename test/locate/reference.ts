import type { IdentifierTypes } from '../../src/identity/identifier-types.js';
import type { Identifier } from '../../src/model/subject.js';
import type { Value } from '../../src/model/value.js';
import type { World, WorldCollection, WorldReference } from '../support/world.js';

/**
 * Locate as architecture.md says it, slow and obvious: everything is in memory, every rule is tried on
 * every record until nothing changes. Knows nothing of waves, queries or SQL.
 */
interface Node {
  readonly id: string;
  readonly collection: string;
  readonly of: WorldCollection;
  readonly row: Readonly<Record<string, Value>>;
  readonly root: boolean;
}

interface Link {
  readonly reference: WorldReference;
  readonly target: Node;
}

/** Records, as `collection:key`, that the operator answered decisions about. */
export interface Answers {
  readonly accept: readonly string[];
  readonly reject: readonly string[];
}

export function referenceLocate(
  world: World,
  types: IdentifierTypes,
  given: readonly Identifier[],
  answers: Answers = { accept: [], reject: [] },
  records: readonly string[] = [],
): readonly string[] {
  const nodes = Object.entries(world).flatMap(([collection, of]) =>
    of.rows.map((row): Node => {
      const root =
        of.subject === true ||
        (of.subject?.every((when) => when.anyOf.map(String).includes(String(row[when.field]))) ?? false);
      return { id: `${collection}:${String(row.id)}`, collection, of, row, root };
    }),
  );
  const linksOf = new Map(nodes.map((node) => [node, links(nodes, node)]));
  const deciding = (node: Node): readonly Node[] => {
    const owned = (linksOf.get(node) ?? []).filter(({ reference }) => reference.relation === 'owned-by');
    const roots = owned.filter(({ target }) => target.root);
    return (roots.length > 0 ? roots : owned).map(({ target }) => target);
  };
  const owners = (node: Node): readonly Node[] =>
    nodes.filter((other) =>
      linksOf.get(other)?.some(({ reference, target }) => reference.relation === 'owns' && target === node),
    );

  /** The identifier field, and the records that a match on it makes own; null: a mention. */
  const bears = (node: Node, field: string): readonly Node[] | null => {
    const mark = node.of.identifiers?.[field];
    if (mark?.relation === 'mentions') return null;
    if (mark?.of === undefined) return [node];
    const reached = (linksOf.get(node) ?? []).filter(({ reference }) => reference.fields.join() === mark.of);
    if (reached.length === 0) return deciding(node).length > 0 ? null : [node];
    return reached.flatMap(({ target }) => climb(target, new Set()));
  };
  const climb = (node: Node, seen: Set<Node>): readonly Node[] => {
    if (node.root || seen.has(node)) return node.root ? [node] : [];
    seen.add(node);
    const up = deciding(node);
    return up.length === 0 ? [node] : up.flatMap((target) => climb(target, seen));
  };
  const fields = nodes.flatMap((node) =>
    Object.keys(node.of.identifiers ?? {}).map((field) => ({ node, field })),
  );
  const holds = ({ node, field }: { node: Node; field: string }, value: Identifier) => {
    const stored = node.row[field];
    const type = node.of.identifiers?.[field]?.type;
    return (
      stored !== null &&
      stored !== undefined &&
      type === value.type &&
      types.get(type).compare(value.value, String(stored)) === 'same'
    );
  };
  /** The values that a record of this person carries: those of a root, and those `of` it. */
  const carried = (root: Node): readonly Identifier[] =>
    fields.flatMap(({ node, field }) => {
      const mark = node.of.identifiers?.[field];
      if (mark === undefined || mark.relation !== undefined) return [];
      const theirs =
        mark.of === undefined
          ? node === root && root.root
          : linksOf
              .get(node)
              ?.some(({ reference, target }) => reference.fields.join() === mark.of && target === root);
      const stored = node.row[field];
      if (theirs !== true || stored === null || stored === undefined) return [];
      return [{ type: mark.type, value: types.get(mark.type).normalise(String(stored)).value }];
    });
  const holders = (value: Identifier): ReadonlySet<Node> =>
    new Set(
      fields
        .filter((place) => holds(place, value))
        .flatMap(({ node, field }) => (bears(node, field) ?? []).filter((each) => each.root)),
    );
  const singles = (root: Node) =>
    carried(root)
      .filter(({ type }) => types.get(type).single)
      .map(textOf);
  const shareSingle = (roots: readonly Node[]) =>
    roots.length < 2 ||
    (singles(roots[0] as Node) ?? []).some((single) => roots.every((root) => singles(root).includes(single)));
  const isConflict = (value: Identifier): boolean => {
    const all = [...holders(value)];
    return all.some((root) => !shareSingle(all.filter((other) => other.collection === root.collection)));
  };

  // Records that are sought are theirs as surely as those that the operator accepted.
  const accepted = new Set(nodes.filter(({ id }) => answers.accept.includes(id) || records.includes(id)));
  const rejected = new Set(nodes.filter((node) => answers.reject.includes(node.id)));
  const isRejected = (value: Identifier) => [...holders(value)].some((root) => rejected.has(root));

  const settle = (
    start: readonly Identifier[],
    barred: ReadonlySet<string>,
    excused: ReadonlySet<string>,
    word: ReadonlySet<Node>,
  ) => {
    const values = new Map(start.map((value) => [textOf(value), value]));
    const set = new Set<Node>();
    const own = new Set<Node>();
    const take = (node: Node, isOwn: boolean) => {
      if (rejected.has(node)) return;
      set.add(node);
      if (isOwn) own.add(node);
    };
    const followed = (value: Identifier) =>
      !barred.has(textOf(value)) && !isRejected(value) && (!isConflict(value) || excused.has(textOf(value)));
    for (const node of word) take(node, true);
    for (let size = -1; size !== values.size + set.size + own.size; ) {
      size = values.size + set.size + own.size;
      for (const value of [...values.values()].filter(followed)) {
        for (const place of fields.filter((each) => holds(each, value))) {
          for (const node of bears(place.node, place.field) ?? []) take(node, true);
        }
      }
      for (const node of nodes) {
        const decide = deciding(node);
        const all = decide.length > 0 ? decide : owners(node);
        if (!all.some((each) => set.has(each))) continue;
        take(node, all.every((each) => set.has(each)) && all.some((each) => own.has(each)));
      }
      for (const value of [...own].flatMap(carried)) values.set(textOf(value), value);
    }
    return { values, set, own, followed };
  };

  const none: ReadonlySet<string> = new Set();
  const alone = given.map((value) => ({
    value,
    roots: [...settle([value], none, none, new Set()).own].filter((node) => node.root),
  }));
  const doubtful = alone.filter((one) =>
    alone.some(
      (other) =>
        one !== other &&
        !one.roots.some((root) => other.roots.includes(root)) &&
        one.roots.some((root) =>
          other.roots.some(
            (each) =>
              each.collection === root.collection &&
              !(accepted.has(each) && accepted.has(root)) &&
              !shareSingle([root, each]),
          ),
        ),
    ),
  );
  const barred = new Set(doubtful.map(({ value }) => textOf(value)));
  let excused = none;
  let settled = settle(given, barred, excused, accepted);
  for (;;) {
    const more = [...settled.values.values()].filter((value) => {
      const all = [...holders(value)];
      return (
        isConflict(value) &&
        !barred.has(textOf(value)) &&
        !isRejected(value) &&
        all.every((root) => settled.own.has(root)) &&
        all.some((root) => accepted.has(root))
      );
    });
    const next = new Set([...excused, ...more.map(textOf)]);
    if (next.size === excused.size) break;
    excused = next;
    settled = settle(given, barred, excused, accepted);
  }
  const { values, set, own, followed } = settled;
  const roles = new Map<Node, string>();
  for (const node of nodes) {
    if (own.has(node)) roles.set(node, 'own');
    else if (set.has(node)) roles.set(node, 'shared');
    else if (
      linksOf.get(node)?.some(({ reference, target }) => reference.relation === 'mentions' && own.has(target))
    )
      roles.set(node, 'mention');
  }
  for (const value of [...values.values()].filter(followed)) {
    for (const place of fields.filter((each) => holds(each, value))) {
      if (bears(place.node, place.field) === null && !roles.has(place.node)) roles.set(place.node, 'mention');
    }
  }
  for (const value of [...values.values()].filter((each) => !followed(each))) {
    for (const root of holders(value)) {
      if (!set.has(root) && !rejected.has(root)) roles.set(root, 'candidate');
    }
  }
  return [...roles]
    .filter(([node]) => !rejected.has(node))
    .map(([node, role]) => `${role} ${node.id}`)
    .sort();
}

function links(nodes: readonly Node[], node: Node): readonly Link[] {
  return (node.of.references ?? []).flatMap((reference) => {
    if (reference.relation === 'none') return [];
    if (
      !(reference.when ?? []).every((when) => when.anyOf.map(String).includes(String(node.row[when.field])))
    )
      return [];
    const parts = reference.fields.map((field) => node.row[field] ?? null);
    if (parts.includes(null)) return [];
    return nodes
      .filter(
        (target) =>
          target !== node &&
          target.collection === reference.to &&
          (reference.on ?? ['id']).every((field, at) => String(target.row[field]) === String(parts[at])),
      )
      .map((target) => ({ reference, target }));
  });
}

function textOf(value: Identifier): string {
  return `${value.type}=${value.value}`;
}
