import { createHash } from 'node:crypto';
import { extensionOf, isFile } from './binary.js';
import type { StoredFile } from './json-value.js';
import { pathParts } from './path-name.js';
import type { Spool } from './spool.js';
import type { FileFacts, Zip } from './zip.js';

/** Bytes that get a file of their own, kept aside until the archive is free to take them. */
export interface BinaryFiles {
  /** Names the file for bytes of a slot in a record; the same bytes object gets one file. */
  put(bytes: Uint8Array, record: () => string, slot: string): StoredFile | null;
  /** Writes aside what was put since the last call. */
  settle(): Promise<void>;
  addTo(zip: Zip): Promise<readonly FileFacts[]>;
}

export function binaryFiles(
  folder: string,
  slots: readonly string[],
  spool: () => Promise<Spool>,
): BinaryFiles {
  const fieldNames = pathParts(slots);
  const known = new Map<Uint8Array, StoredFile | null>();
  const taken = new Set<string>();
  const kept: { readonly path: string; readonly from: number; readonly to: number }[] = [];
  let waiting: Uint8Array[] = [];
  let offset = 0;
  let aside: Spool | null = null;

  function pathOf(bytes: Uint8Array, record: string, slot: string): string {
    const stem = `${folder}${record}-${fieldNames.get(slot)}`;
    const end = extensionOf(bytes) ?? 'bin';
    let path = `${stem}.${end}`;
    for (let n = 2; taken.has(path); n += 1) path = `${stem}-${n}.${end}`;
    taken.add(path);
    return path;
  }

  return {
    put(bytes, record, slot) {
      let file = known.get(bytes);
      if (file !== undefined) return file;
      file = null;
      if (isFile(bytes)) {
        const path = pathOf(bytes, record(), slot);
        file = { path, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
        kept.push({ path, from: offset, to: offset + bytes.length });
        offset += bytes.length;
        waiting.push(bytes);
      }
      known.set(bytes, file);
      return file;
    },
    async settle() {
      known.clear();
      if (waiting.length === 0) return;
      aside ??= await spool();
      for (const bytes of waiting) await aside.write(bytes);
      waiting = [];
    },
    async addTo(zip) {
      const facts: FileFacts[] = [];
      for (const { path, from, to } of kept) {
        const spooled = aside as Spool;
        facts.push(
          await zip.add(path, async (sink) => {
            for await (const block of spooled.read(from, to)) await sink.write(block);
          }),
        );
      }
      await aside?.close();
      return facts;
    },
  };
}
