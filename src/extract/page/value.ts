import { type JsonNode, parseJsonText } from '../../model/json-tree.js';
import { isJsonText, type Value } from '../../model/value.js';
import type { StoredFile } from '../json-value.js';
import type { Slot } from '../layout.js';
import type { Texts } from '../texts/texts.js';
import { escapeHtml, href } from './escape.js';
import { dateWords, momentWords, numberWords, say, timeWords } from './words.js';

/** What showing a value needs to know besides it. */
export interface ValueContext {
  readonly texts: Texts;
  readonly zone: string;
  fileOf(bytes: Uint8Array): StoredFile | null;
}

/** A value as a person reads it; the data files hold it to the last digit. */
export function valueHtml(value: Value, slot: Slot, context: ValueContext): string {
  const { texts } = context;
  if (value === null) return `<span class="none" aria-label="${escapeHtml(texts.empty)}">–</span>`;
  const known = typeof value === 'object' ? undefined : slot.field?.values?.[String(value)];
  if (known !== undefined) {
    const label = escapeHtml(say(known, texts.language));
    const raw = escapeHtml(String(value));
    return label === raw ? label : `${label} <span class="tech">(${raw})</span>`;
  }
  switch (typeof value) {
    case 'boolean':
      return value ? texts.yes : texts.no;
    case 'number':
    case 'bigint':
      return `<span class="number">${escapeHtml(String(value))}</span>`;
    case 'string':
      return textHtml(value, slot, context);
  }
  if (value instanceof Uint8Array) return bytesHtml(value, context);
  if (isJsonText(value)) {
    const root = parseJsonText(value.json);
    return root === null ? escapeHtml(value.json) : nodeHtml(root, value.json, texts);
  }
  if (value.length === 0) return valueHtml(null, slot, context);
  return `<ul class="list">${value.map((item) => `<li>${valueHtml(item, slot, context)}</li>`).join('')}</ul>`;
}

function textHtml(text: string, slot: Slot, { texts, zone }: ValueContext): string {
  const kind = slot.type?.kind === 'array' ? slot.type.element?.kind : slot.type?.kind;
  switch (kind) {
    case 'date':
      return timeHtml(text, dateWords(text, texts));
    case 'timestamp':
      return timeHtml(text, timeWords(text, texts));
    case 'instant':
      return timeHtml(text, momentWords(text, zone, texts));
    case 'decimal':
      return `<span class="number">${escapeHtml(numberWords(text, texts))}</span>`;
  }
  return text === ''
    ? `<span class="none" aria-label="${escapeHtml(texts.empty)}">–</span>`
    : escapeHtml(text);
}

function timeHtml(exact: string, words: string): string {
  if (words === exact) return escapeHtml(exact);
  return `<time datetime="${escapeHtml(exact)}">${escapeHtml(words)}</time>`;
}

function bytesHtml(bytes: Uint8Array, { texts, fileOf }: ValueContext): string {
  const size = `${numberWords(String(bytes.length), texts)} ${texts.records.bytes}`;
  const file = fileOf(bytes);
  if (file !== null) return `<a href="${href(file.path)}">${escapeHtml(texts.records.file(size))}</a>`;
  if (bytes.length > 64) return escapeHtml(size);
  return `<code>${Buffer.from(bytes).toString('hex')}</code>`;
}

/** Deeper than this it is shown as it is written. */
const DEPTH = 12;

function nodeHtml(node: JsonNode, text: string, texts: Texts, depth = 0): string {
  const raw = text.slice(node.start, node.end);
  if (node.kind === 'scalar') return scalarHtml(raw, texts);
  const empty = node.kind === 'list' ? node.items.length === 0 : node.members.length === 0;
  if (empty) return '<span class="none">–</span>';
  if (depth >= DEPTH) return `<code>${escapeHtml(raw)}</code>`;
  const below = (child: JsonNode) => nodeHtml(child, text, texts, depth + 1);
  if (node.kind === 'list') {
    return `<ul class="list">${node.items.map((item) => `<li>${below(item)}</li>`).join('')}</ul>`;
  }
  const members = node.members.map(
    ({ name, node: child }) => `<li><span class="tech">${escapeHtml(name)}</span> ${below(child)}</li>`,
  );
  return `<ul class="tree">${members.join('')}</ul>`;
}

function scalarHtml(raw: string, texts: Texts): string {
  if (raw === 'true') return texts.yes;
  if (raw === 'false') return texts.no;
  if (raw === 'null') return '<span class="none">–</span>';
  return escapeHtml(raw.startsWith('"') ? (JSON.parse(raw) as string) : raw);
}
