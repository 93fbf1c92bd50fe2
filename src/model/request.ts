declare const tagBrand: unique symbol;
/** HMAC-SHA-256 under `ledger.key`, 64 hex digits: only the ledger makes one. */
export type Tag = string & { readonly [tagBrand]: true };

/** One identifier of a person, told without its value. */
export interface SubjectTag {
  readonly type: string;
  readonly tag: Tag;
}

/** `R-YYYY-NNNN`. */
export type RequestId = `R-${string}`;

/** The number of the `number`th request of a year. */
export function requestId(year: number, number: number): RequestId {
  return `R-${String(year).padStart(4, '0')}-${String(number).padStart(4, '0')}`;
}

/** Whether a text is written as a request's number is; there need not be such a request. */
export function isRequestId(text: string): text is RequestId {
  return /^R-\d{4}-\d{4,}$/.test(text);
}
