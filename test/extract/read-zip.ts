import yauzl from 'yauzl';

/** Every entry of a zip, in order. */
export async function readZip(file: string): Promise<ReadonlyMap<string, Buffer>> {
  const entries = new Map<string, Buffer>();
  const zip = await yauzl.openPromise(file);
  for await (const entry of zip.eachEntry()) {
    const stream = await zip.openReadStreamPromise(entry);
    const blocks: Buffer[] = [];
    for await (const block of stream) blocks.push(block as Buffer);
    entries.set(entry.fileName, Buffer.concat(blocks));
  }
  return entries;
}
