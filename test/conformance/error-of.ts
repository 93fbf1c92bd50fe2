import { DsrError, type ErrorKind } from '../../src/model/error.js';

/** The DsrError with which something rejects. */
export async function errorOf(work: Promise<unknown>): Promise<DsrError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof DsrError) return error;
    throw new Error(`rejected with ${String(error)}, which is no DsrError`);
  }
  throw new Error('did not reject');
}

/** All that an error says to anybody. */
export function told(error: DsrError): string {
  const kind: ErrorKind = error.kind;
  return [kind, error.message, error.hint, error.place, error.stack].join('\n');
}
