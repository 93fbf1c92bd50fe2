import { within } from '../map/categories.js';
import type { Value } from '../model/value.js';
import type { ExtractInput, ExtractRow } from './input.js';
import { jsonOf, type StoredFile, type Style } from './json-value.js';
import type { Layout, Slot } from './layout.js';
import { type Shown, shownOf } from './shown.js';

/** One record as an extract tells it. */
export interface ExtractRecord extends Shown {
  readonly role: ExtractRow['role'];
  /** The key as a person may read it; null: part of it is personal or someone else's. */
  readonly name: string | null;
  /** Somebody else registered this person here; `notified` is when they were told, null: not logged. */
  readonly registered: { readonly notified: Value } | null;
  /** The file that bytes were put into, if they were. */
  fileOf(bytes: Uint8Array): StoredFile | null;
}

export type RecordReader = (row: ExtractRow, fileOf: ExtractRecord['fileOf']) => ExtractRecord;

export function recordReader(
  layout: Layout,
  columns: readonly string[],
  isTheirs: ExtractInput['isTheirs'],
): RecordReader {
  const { collection, slots } = layout;
  const keySlots = collection.key.map((key) => slots.findIndex((slot) => isKeySlot(slot, key)));
  const keyIsTold = !keyIsPersonal(layout);
  const noticed = slots.flatMap((slot) => {
    const column = slot.field?.notice == null ? -1 : columns.indexOf(slot.field.notice);
    if (column < 0) return [];
    const always = collection.information.origin === 'registrant' && slot.field?.relation !== 'mentions';
    return [{ column, filledBy: always ? null : slot.column }];
  });

  return (row, fileOf) => {
    const shown = shownOf(layout, row, isTheirs);
    const readable = keyIsTold && keySlots.every((index) => shown.cells[index] != null);
    const notice =
      row.role === 'mention'
        ? undefined
        : noticed.find(({ filledBy }) => filledBy === null || isFilled(row.values[filledBy]));
    return {
      cells: shown.cells,
      redacted: shown.redacted,
      stated: shown.stated,
      role: row.role,
      name: readable ? row.key.map(String).join(', ') : null,
      registered: notice === undefined ? null : { notified: row.values[notice.column] ?? null },
      fileOf,
    };
  };
}

/** Whether the key names a person, or cannot be told at all. */
export function keyIsPersonal({ collection, slots }: Layout): boolean {
  if (collection.key.length === 0 || collection.keyKind === 'physical') return true;
  return !collection.key.every((key) => slots.some((slot) => isKeySlot(slot, key) && !slot.personal));
}

function isKeySlot(slot: Slot, key: string): boolean {
  return slot.isKey && slot.path.length === 0 && (slot.field?.at.column ?? slot.name) === key;
}

function isFilled(value: Value | undefined): boolean {
  return value !== undefined && value !== null && value !== '';
}

/** Identifiers that are made of digits but count nothing: always text. */
export function isDigitName(slot: Slot): boolean {
  const type = slot.field?.identifier?.type ?? '';
  const category = slot.field?.category ?? '';
  return (
    ['personnummer', 'organisationsnummer', 'phone'].includes(type) ||
    ['user.government_id', 'user.contact.phone_number', 'user.contact.fax_number'].some((above) =>
      within(category, above),
    )
  );
}

/** A name for what a record says of itself rather than holds; never that of a column. */
export function markerOf(layout: Layout): string {
  let marker = '_dsr';
  while (layout.slots.some((slot) => slot.name === marker)) marker += '_';
  return marker;
}

/** Writes records of one collection as JSON objects, one a line's worth of text each. */
export function recordJson(layout: Layout, styles: readonly Style[]): (record: ExtractRecord) => string {
  const heads = layout.slots.map((slot) => `${JSON.stringify(slot.name)}:`);
  const marker = JSON.stringify(markerOf(layout));
  return (record) => {
    const parts: string[] = [];
    for (let i = 0; i < heads.length; i += 1) {
      const value = record.cells[i];
      if (value !== undefined) parts.push(heads[i] + jsonOf(value, styles[i] as Style, record.fileOf));
    }
    if (record.role !== 'own' || record.stated.length + record.redacted.length > 0) {
      const says = {
        role: record.role === 'own' ? undefined : record.role,
        stated: record.stated.length === 0 ? undefined : record.stated,
        redacted: record.redacted.length === 0 ? undefined : record.redacted,
      };
      parts.push(`${marker}:${JSON.stringify(says)}`);
    }
    return `{${parts.join(',')}}`;
  };
}

const SAFE_PART = /^(?:-?\d{1,20}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/** A record's name in the name of a file: its key where that is a plain number or uuid, else its place. */
export function recordFileName(row: ExtractRow, personalKey: boolean, ordinal: number): string {
  const parts = row.key.map(String);
  const plain = !personalKey && parts.length > 0 && parts.every((part) => SAFE_PART.test(part));
  return plain ? parts.join('_').toLowerCase() : `record-${ordinal}`;
}
