import { categoryExplanation, categoryLabel } from '../../map/categories.js';
import type { Language } from '../../model/map.js';
import type { Layout, Slot } from '../layout.js';
import type { ExtractRecord } from '../record.js';
import type { Texts } from '../texts/texts.js';
import { escapeHtml } from './escape.js';
import { type ValueContext, valueHtml } from './value.js';
import { dateWords, localTime, say } from './words.js';

/** At most this many records of a collection stand on the page. */
export const PAGE_RECORDS = 1_000;

/** How the records of one collection are laid out, decided before the first of them is read. */
export interface RecordPage {
  readonly kind: 'cards' | 'table';
  readonly slots: readonly { readonly slot: Slot; readonly index: number; readonly label: string }[];
  /** Columns that stand in the data files only. */
  readonly technical: readonly string[];
}

/** Many records of few fields make a table, few or wide ones a card each. */
export function recordPage(layout: Layout, count: number, language: Language): RecordPage {
  const indexed = layout.slots.map((slot, index) => ({ slot, index, label: labelOf(slot, language) }));
  const slots = indexed.filter(({ slot }) => isTold(slot) && slot.export === 'show');
  const wide = slots.some(({ slot }) => slot.field?.freetext === true || slot.type?.kind === 'json');
  return {
    kind: count > 3 && slots.length > 0 && slots.length <= 6 && !wide ? 'table' : 'cards',
    slots,
    technical: layout.slots.flatMap((slot) => (isTold(slot) ? [] : [slot.name])),
  };
}

/** Whether a person has anything to read there: what is about them, or what the map gives a name. */
export function isTold(slot: Slot): boolean {
  return slot.personal || (slot.field !== null && (slot.field.label !== null || slot.field.values !== null));
}

export function labelOf(slot: Slot, language: Language): string {
  if (slot.field?.label != null) return say(slot.field.label, language);
  const category = slot.field?.category ?? null;
  return category === null ? slot.name : categoryLabel(category, language);
}

export function explanationOf(slot: Slot, { language, fields }: Texts): string {
  if (slot.field?.explain != null) return say(slot.field.explain, language);
  if (slot.field?.relation === 'mentions' || slot.field?.of != null) return fields.others;
  const category = slot.field?.category ?? null;
  return category === null ? '' : categoryExplanation(category, language);
}

/** The column's own name, where the label does not come from the map and could be another column's too. */
export function techName(slot: Slot): string {
  return slot.field?.label == null ? ` <span class="tech">${escapeHtml(slot.name)}</span>` : '';
}

export function recordHtml(
  record: ExtractRecord,
  ordinal: number,
  page: RecordPage,
  layout: Layout,
  base: Omit<ValueContext, 'fileOf'>,
): string {
  const context = { ...base, fileOf: record.fileOf };
  return page.kind === 'table'
    ? rowHtml(record, ordinal, page, layout, context)
    : cardHtml(record, ordinal, page, layout, context);
}

function cardHtml(
  record: ExtractRecord,
  ordinal: number,
  page: RecordPage,
  layout: Layout,
  context: ValueContext,
): string {
  const { texts } = context;
  const filled = page.slots.filter(({ index }) => record.cells[index] != null);
  const empty = page.slots.filter(({ index }) => record.cells[index] === null);
  const rows = filled.map(
    ({ slot, index, label }) =>
      `<div><dt>${escapeHtml(label)}${techName(slot)}</dt><dd>${valueHtml(record.cells[index] ?? null, slot, context)}</dd></div>`,
  );
  const stated = statedSlots(record, layout).map(
    (slot) =>
      `<div><dt>${escapeHtml(labelOf(slot, texts.language))}${techName(slot)}</dt><dd class="said">${escapeHtml(texts.records.stated)}</dd></div>`,
  );
  const notes = notesOf(record, layout, context).map((note) => `<p class="note">${escapeHtml(note)}</p>`);
  if (empty.length > 0) {
    const names = empty.map(({ label }) => label);
    notes.push(
      `<p class="note faint">${escapeHtml(texts.records.emptyFields([...new Set(names)].join(', ')))}</p>`,
    );
  }
  const fields = rows.length + stated.length > 0 ? `<dl>${rows.join('')}${stated.join('')}</dl>` : '';
  const heading = escapeHtml(texts.records.record(record.name ?? String(ordinal)));
  return `<article class="record"><h4>${heading}${badge(record, texts)}</h4>${fields}${notes.join('')}</article>\n`;
}

function rowHtml(
  record: ExtractRecord,
  ordinal: number,
  page: RecordPage,
  layout: Layout,
  context: ValueContext,
): string {
  const { texts } = context;
  const cells = page.slots.map(({ slot, index, label }) => {
    const value = record.cells[index];
    const html = value === undefined ? hiddenHtml(slot, record, texts) : valueHtml(value, slot, context);
    return `<td data-label="${escapeHtml(label)}">${html}</td>`;
  });
  const notes = notesOf(record, layout, context);
  const stated = statedSlots(record, layout).map((slot) => labelOf(slot, texts.language));
  if (stated.length > 0) notes.push(`${texts.records.stated}: ${stated.join(', ')}.`);
  const noted =
    notes.length === 0
      ? ''
      : `<tr class="noted"><td colspan="${cells.length + 1}">${notes.map(escapeHtml).join(' ')}</td></tr>\n`;
  const heading = escapeHtml(record.name ?? String(ordinal));
  return `<tr${noted === '' ? '' : ' class="has-note"'}><th scope="row">${heading}${badge(record, texts)}</th>${cells.join('')}</tr>\n${noted}`;
}

function hiddenHtml(slot: Slot, record: ExtractRecord, texts: Texts): string {
  if (record.redacted.includes(slot.name))
    return `<span class="said">${escapeHtml(texts.records.redacted)}</span>`;
  return `<span class="none" aria-label="${escapeHtml(texts.empty)}">–</span>`;
}

function statedSlots(record: ExtractRecord, layout: Layout): readonly Slot[] {
  return layout.slots.filter((slot) => record.stated.includes(slot.name));
}

function badge(record: ExtractRecord, texts: Texts): string {
  return record.role === 'shared' ? ` <span class="badge">${escapeHtml(texts.records.shared)}</span>` : '';
}

function notesOf(record: ExtractRecord, layout: Layout, { texts, zone }: ValueContext): string[] {
  const notes: string[] = [];
  if (record.role === 'shared') notes.push(texts.records.sharedNote);
  if (record.registered !== null) {
    const { notified } = record.registered;
    notes.push(
      notified === null || typeof notified === 'object'
        ? texts.records.registeredSilently
        : texts.records.registeredNotified(noticeDate(String(notified), zone, texts)),
    );
  }
  const others = layout.slots.filter((slot) => slot.personal && record.redacted.includes(slot.name));
  if (others.length > 0) {
    const names = others.map((slot) => labelOf(slot, texts.language));
    notes.push(texts.records.redactedFields([...new Set(names)].join(', ')));
  }
  return notes;
}

/** The day is what counts; a time without a zone is told by its own clock. */
function noticeDate(notified: string, zone: string, texts: Texts): string {
  const zoned = /(Z|[+-]\d\d:\d\d)$/.test(notified);
  const local = zoned ? localTime(notified, zone) : null;
  return dateWords((local ?? notified).slice(0, 10), texts);
}
