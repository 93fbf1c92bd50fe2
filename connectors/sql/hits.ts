import type { Hit } from '../../src/connector/contract.js';

/** Hits of many statements, brought together by record outside the heap. */
export interface Hits {
  add(hits: readonly { readonly record: string; readonly hit: Hit }[]): void;
  /** Each record once, with all its hits; nothing may be added meanwhile. */
  records(): Iterable<RecordHits>;
  close(): void;
}

export interface RecordHits {
  readonly record: string;
  readonly hits: readonly Hit[];
}

/** In a private file of that folder, which is unlinked already: what stands in it are people's keys. */
export async function openHits(folder: string): Promise<Hits> {
  const { openScratch } = await import('../../src/connector/scratch.js');
  const { db, close } = openScratch(folder);
  db.exec(
    'create table hit (record text, match integer, key integer, primary key (record, match, key)) without rowid',
  );
  const insert = db.prepare('insert or ignore into hit values (?, ?, ?)');
  const every = db.prepare('select record, match, key from hit order by record, match, key').raw();
  return {
    add(hits) {
      for (const { record, hit } of hits) insert.run(record, hit.match, hit.key);
    },
    *records() {
      let record: string | null = null;
      let hits: Hit[] = [];
      for (const row of every.iterate() as IterableIterator<[string, number, number]>) {
        if (row[0] !== record) {
          if (record !== null) yield { record, hits };
          [record, hits] = [row[0], []];
        }
        hits.push({ match: row[1], key: row[2] });
      }
      if (record !== null) yield { record, hits };
    },
    close,
  };
}
