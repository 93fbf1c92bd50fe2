import { readFileSync } from 'node:fs';
import { DsrError } from '../model/error.js';
import { createOnce, fileError, replaceFile } from '../store/private-file.js';
import { FIRST } from './chain.js';
import type { LedgerKey } from './key.js';

/**
 * Where the chain ended when it was last written. A chain cut at its end still holds together; only
 * what stands outside it can tell. One line in `ledger.head`: `<count> <hash> <mac>`.
 *
 * It never runs ahead of the ledger: it is written after the commit, under the ledger's write lock.
 */
export interface Head {
  readonly count: number;
  readonly hash: string;
}

const NAME = 'the ledger head';
const LINE = /^(\d{1,15}) ([0-9a-f]{64}) ([0-9a-f]{64})\n$/;

/** The head of an empty chain, before the ledger exists. */
export function createHead(file: string, key: LedgerKey): void {
  createOnce(file, line({ count: 0, hash: FIRST }, key), NAME);
}

export function writeHead(file: string, key: LedgerKey, head: Head): void {
  replaceFile(file, line(head, key), NAME);
}

/** @throws DsrError ledger: not a head, or not sealed with this key. */
export function readHead(file: string, key: LedgerKey): Head {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw fileError(error, NAME, file);
  }
  const [, count, hash, mac] = LINE.exec(text) ?? [];
  if (count === undefined || hash === undefined || mac !== key.headMac(Number(count), hash)) {
    throw new DsrError('ledger', `the ledger head was changed, or belongs to another key: ${file}`, {
      place: file,
      hint: 'restore ledger.db, ledger.key and ledger.head together, from one backup',
    });
  }
  return { count: Number(count), hash };
}

function line(head: Head, key: LedgerKey): string {
  return `${head.count} ${head.hash} ${key.headMac(head.count, head.hash)}\n`;
}
