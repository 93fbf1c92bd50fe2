import { createHash } from 'node:crypto';
import { type Key, keyText, scalarOf, type Value } from '../model/value.js';
import { jsonValue, valueJson } from '../plan/plan-line.js';
import { openScratch } from '../store/scratch.js';
import { comparable } from './comparable.js';
import type { Target } from './target.js';

/**
 * What was written where, to be compared with what stands there before the commit: eight bytes of a
 * hash for each value, so that no one's values lie about and memory stays flat.
 */
export interface Written {
  note(target: Target, rows: readonly WrittenRow[]): void;
  /** null: nothing was written there. */
  of(target: Target, key: Key): WrittenThere | null;
  close(): void;
}

export interface WrittenThere {
  /** One a column, in the target's order. */
  readonly hashes: readonly string[];
  /** The record's key from now on: a mask may be said for a part of it. */
  readonly key: Key;
}

export interface WrittenRow {
  readonly key: Key;
  readonly values: readonly Value[];
}

interface Stored {
  readonly hashes: string;
  readonly now: string | null;
}

const SCHEMA = `create table written (grp int not null, key text not null, hashes text not null, now text,
  primary key (grp, key)) without rowid`;

export function openWritten(tmp: string | null): Written {
  const { db, guard, close } = openScratch(tmp);
  guard(() => db.exec(SCHEMA));
  const insert = db.prepare('insert or replace into written (grp, key, hashes, now) values (?, ?, ?, ?)');
  const select = db.prepare('select hashes, now from written where grp = ? and key = ?');
  return {
    note(target, rows) {
      const parts = keyParts(target);
      guard(() => {
        for (const { key, values } of rows) {
          const now = parts === null ? null : JSON.stringify(keyNow(key, values, parts).map(valueJson));
          insert.run(target.at, keyText(key), hashesOf(target, values).join(' '), now);
        }
      });
    },
    of(target, key) {
      const found = guard(() => select.get(target.at, keyText(key)) as Stored | undefined);
      if (found === undefined) return null;
      return { hashes: found.hashes.split(' '), key: found.now === null ? key : storedKey(found.now) };
    },
    close,
  };
}

/** For each part of the key, which of the target's columns writes it; null: none is written. */
function keyParts({ collection, columns }: Target): readonly number[] | null {
  const parts = collection.key.map((part) => columns.findIndex(({ column }) => column === part));
  return parts.every((at) => at < 0) ? null : parts;
}

function keyNow(key: Key, values: readonly Value[], parts: readonly number[]): Key {
  return key.map((part, index) => {
    const at = parts[index] ?? -1;
    return at < 0 ? part : (scalarOf(values[at] ?? null) ?? part);
  });
}

function storedKey(json: string): Key {
  return (JSON.parse(json) as readonly unknown[]).flatMap((part) => scalarOf(jsonValue(part)) ?? []);
}

/** Of one record's values, one a column of the target. */
export function hashesOf(target: Target, values: readonly Value[]): readonly string[] {
  return target.columns.map(({ info }, at) =>
    createHash('sha256')
      .update(comparable(values[at] ?? null, info.type))
      .digest('hex')
      .slice(0, 16),
  );
}
