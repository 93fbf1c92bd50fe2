/** Bytes up to this many stand in the JSON as base64, unless they are a picture or a document. */
export const INLINE_BYTES = 64 * 1024;

const SIGNATURES: readonly (readonly [extension: string, hex: string, offset: number])[] = [
  ['png', '89504e470d0a1a0a', 0],
  ['jpg', 'ffd8ff', 0],
  ['gif', '47494638', 0],
  ['webp', '57454250', 8],
  ['pdf', '255044462d', 0],
  ['zip', '504b0304', 0],
  ['gz', '1f8b08', 0],
  ['tif', '49492a00', 0],
  ['tif', '4d4d002a', 0],
  ['mp4', '66747970', 4],
  ['mp3', '494433', 0],
  ['ogg', '4f676753', 0],
  ['wav', '57415645', 8],
];

/** The ending of a picture, document or recording by its first bytes; null: none that a person would open. */
export function extensionOf(bytes: Uint8Array): string | null {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 16)).toString('hex');
  return SIGNATURES.find(([, hex, offset]) => head.startsWith(hex, offset * 2))?.[0] ?? null;
}

/** Whether the bytes get a file of their own. */
export function isFile(bytes: Uint8Array): boolean {
  return bytes.length > INLINE_BYTES || (bytes.length >= 32 && extensionOf(bytes) !== null);
}
