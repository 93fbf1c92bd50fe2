/** Many texts at once, by their letters. */
export interface Trie {
  /** The end of the longest text that begins there and that `ends` takes; -1: none. */
  longest(text: string, from: number, ends: (end: number) => boolean): number;
}

interface Node {
  readonly next: Map<number, Node>;
  whole: boolean;
}

export function trieOf(texts: Iterable<string>): Trie {
  const root: Node = { next: new Map(), whole: false };
  for (const text of texts) {
    let node = root;
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      const next = node.next.get(code) ?? { next: new Map(), whole: false };
      node.next.set(code, next);
      node = next;
    }
    node.whole = text !== '';
  }
  return {
    longest(text, from, ends) {
      let end = -1;
      let node: Node | undefined = root;
      for (let at = from; node !== undefined; at += 1) {
        if (node.whole && ends(at)) end = at;
        node = at < text.length ? node.next.get(text.charCodeAt(at)) : undefined;
      }
      return end;
    },
  };
}
