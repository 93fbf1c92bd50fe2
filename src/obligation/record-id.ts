import type { SoughtRecord } from '../model/subject.js';

/** A record as one text, to be looked up by. */
export function recordId({ collection, key }: SoughtRecord): string {
  return `${collection}\n${key}`;
}
