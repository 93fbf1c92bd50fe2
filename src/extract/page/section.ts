import type { Collection, Information, SourceEntry } from '../../model/map.js';
import type { CollectionContents, ExtractInput } from '../input.js';
import { type Layout, layoutOf } from '../layout.js';
import type { Places } from '../places.js';
import { keyIsPersonal } from '../record.js';
import type { Texts } from '../texts/texts.js';
import { escapeHtml, href } from './escape.js';
import { explanationOf, isTold, labelOf, PAGE_RECORDS, type RecordPage, techName } from './record-html.js';
import { numberWords, say } from './words.js';

/** One collection that has something to show or to withhold. */
export interface Section {
  readonly id: string;
  readonly collection: Collection;
  readonly contents: CollectionContents;
  readonly layout: Layout;
  readonly places: Places;
  readonly title: string;
}

/** The collections that say something about this person, by source, in the map's order. */
export function sectionsOf(
  input: ExtractInput,
  places: ReadonlyMap<string, Places>,
): ReadonlyMap<SourceEntry, readonly Section[]> {
  const sections = new Map<SourceEntry, Section[]>();
  let number = 0;
  for (const source of input.map.sources) {
    const here: Section[] = [];
    for (const contents of input.contents) {
      const collection = input.map.collections.find(({ id }) => id === contents.collection);
      const place = places.get(contents.collection);
      if (collection === undefined || place === undefined || collection.source !== source.name) continue;
      const { own, shared, mention } = contents.counts;
      const withheld = input.withheld.some((record) => record.collection === collection.id);
      if (own + shared + mention === 0 && !withheld) continue;
      number += 1;
      const layout = layoutOf(input.map, collection, contents.columns, contents.types);
      const title = collection.label === null ? collection.name : say(collection.label, input.language);
      here.push({ id: `c-${number}`, collection, contents, layout, places: place, title });
    }
    if (here.length > 0) sections.set(source, here);
  }
  return sections;
}

export function sourceTitle(source: SourceEntry, texts: Texts): string {
  return source.label === null ? source.name : say(source.label, texts.language);
}

/** Opens a source's part of the page; what holds for all its collections is told once. */
export function sourceHead(
  source: SourceEntry,
  sections: readonly Section[],
  id: string,
  texts: Texts,
): string {
  const title = escapeHtml(sourceTitle(source, texts));
  const shared = sharedInformation(sections);
  const about = shared === null ? '' : aboutHtml(shared, sections, 'h3', texts);
  return `<section id="${id}" aria-labelledby="${id}-t">\n<h2 id="${id}-t">${title}</h2>\n${about}`;
}

function sharedInformation(sections: readonly Section[]): Information | null {
  const all = new Set(sections.map((section) => JSON.stringify(section.collection.information)));
  return all.size === 1 ? (sections[0]?.collection.information ?? null) : null;
}

export function sectionHead(section: Section, siblings: readonly Section[], texts: Texts): string {
  const { id, title, collection } = section;
  const about =
    sharedInformation(siblings) === null ? aboutHtml(collection.information, [section], 'h4', texts) : '';
  return `<section id="${id}" aria-labelledby="${id}-t">\n<h3 id="${id}-t">${escapeHtml(title)}</h3>\n${about}`;
}

/** The facts of Art. 15(1), in words; one that the map leaves open is said to be missing. */
function aboutHtml(
  information: Information,
  sections: readonly Section[],
  heading: 'h3' | 'h4',
  texts: Texts,
): string {
  const { about, language } = texts;
  const missing = `<span class="lacking">${escapeHtml(about.missing)}</span>`;
  const list = (items: readonly string[]) =>
    items.length === 1
      ? escapeHtml(items[0] ?? '')
      : `<ul>${items.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`;
  const purposes = information.purposes?.map((purpose) => say(purpose, language)) ?? [];
  const rows: readonly (readonly [string, string])[] = [
    [about.purposes, purposes.length === 0 ? missing : list(purposes)],
    [
      about.legalBasis,
      information.legalBasis === null ? missing : escapeHtml(texts.legalBasis[information.legalBasis]),
    ],
    [
      about.recipients,
      information.recipients === null
        ? missing
        : list(information.recipients.length === 0 ? [about.noRecipients] : information.recipients),
    ],
    [
      about.retention,
      information.retention === null ? missing : escapeHtml(say(information.retention, language)),
    ],
    [about.origin, originHtml(information, sections, missing, texts)],
    [
      about.transfers,
      information.transfers === null
        ? missing
        : escapeHtml(
            information.transfers === 'none' ? about.noTransfers : say(information.transfers, language),
          ),
    ],
    [
      about.automated,
      escapeHtml(information.automated === 'none' ? about.noAutomated : say(information.automated, language)),
    ],
  ];
  const body = rows
    .map(([name, html]) => `<div><dt>${escapeHtml(name)}</dt><dd>${html}</dd></div>`)
    .join('\n');
  const hidden = `<${heading} class="hidden-caption">${escapeHtml(about.heading)}</${heading}>`;
  return `<div class="about">${hidden}<dl>${body}</dl></div>\n`;
}

function originHtml(
  { origin }: Information,
  sections: readonly Section[],
  missing: string,
  { about, language }: Texts,
): string {
  if (origin === null) return missing;
  if (origin === 'subject') return escapeHtml(about.originSubject);
  if (origin !== 'registrant') return escapeHtml(say(origin, language));
  // Where no collection of it logs the notice, the warning cannot stand with each record.
  const logged = sections.some(({ collection }) => collection.fields.some((field) => field.notice !== null));
  const warning = logged ? '' : `\n<span class="lacking">${escapeHtml(about.noNotice)}</span>`;
  return escapeHtml(about.originRegistrant) + warning;
}

export function recordsHead(section: Section, page: RecordPage, texts: Texts): string {
  if (page.kind === 'cards') return '';
  const caption = escapeHtml(texts.records.caption(section.title));
  const heads = page.slots.map(
    ({ slot, label }) => `<th scope="col">${escapeHtml(label)}${techName(slot)}</th>`,
  );
  return `<div class="scroll" role="region" tabindex="0" aria-label="${caption}"><table class="records">
<caption class="hidden-caption">${caption}</caption>
<thead><tr><th scope="col">${escapeHtml(texts.records.number)}</th>${heads.join('')}</tr></thead>
<tbody>
`;
}

export function recordsFoot(page: RecordPage, count: number, files: readonly string[], texts: Texts): string {
  const end = page.kind === 'table' ? '</tbody></table></div>\n' : '';
  if (count <= PAGE_RECORDS) return end;
  const more = texts.records.more(PAGE_RECORDS, count - PAGE_RECORDS);
  return `${end}<p class="small">${escapeHtml(more)} ${fileLinks(files)}</p>\n`;
}

export function mentionsHead(texts: Texts): string {
  return `<h4>${escapeHtml(texts.records.mentions)}</h4>\n<p class="small">${escapeHtml(texts.records.mentionsLead)}</p>\n`;
}

/** What follows the records: what was withheld, what the fields mean, what is left out, the files. */
export function sectionFoot(
  section: Section,
  page: RecordPage,
  input: ExtractInput,
  files: readonly string[],
  texts: Texts,
): string {
  const parts = [withheldHtml(section, input, texts), fieldsHtml(section, texts)];
  if (page.technical.length > 0) {
    parts.push(`<p class="small">${escapeHtml(texts.records.technical(page.technical.join(', ')))}</p>\n`);
  }
  if (files.length > 0) {
    parts.push(`<p class="small">${escapeHtml(texts.files.here)} ${fileLinks(files)}</p>\n`);
  }
  return `${parts.join('')}</section>\n`;
}

function withheldHtml({ collection, layout }: Section, input: ExtractInput, texts: Texts): string {
  const records = input.withheld.filter((record) => record.collection === collection.id);
  if (records.length === 0) return '';
  const personal = keyIsPersonal(layout);
  const items = records.map(({ key, ground }) => {
    const name = personal ? texts.withheld.unnamed : texts.withheld.record(key.map(String).join(', '));
    const why = texts.withheld.grounds[ground] ?? texts.withheld.ground(ground);
    return `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(why)}</dd></div>`;
  });
  return `<h4>${escapeHtml(texts.withheld.heading)}</h4>\n<div class="about"><dl>${items.join('\n')}</dl></div>\n`;
}

function fieldsHtml({ layout, collection }: Section, texts: Texts): string {
  const rows = layout.slots.filter(isTold).map((slot) => {
    const said =
      slot.export === 'stated'
        ? texts.fields.stated
        : slot.export === 'omit'
          ? slot.field?.reason == null
            ? texts.fields.omittedPlain
            : texts.fields.omitted(slot.field.reason)
          : '';
    const meaning = [explanationOf(slot, texts), said].filter((text) => text !== '').join(' ');
    return `<div><dt>${escapeHtml(labelOf(slot, texts.language))} <span class="tech">${escapeHtml(slot.name)}</span></dt><dd>${escapeHtml(meaning)}</dd></div>`;
  });
  const unmapped = collection.unmappedColumns.length;
  const left =
    unmapped === 0 ? '' : `<p class="note lacking">${escapeHtml(texts.fields.unmapped(unmapped))}</p>`;
  if (rows.length === 0 && left === '') return '';
  return `<h4>${escapeHtml(texts.fields.heading)}</h4>\n<div class="meanings"><dl>${rows.join('\n')}</dl>${left}</div>\n`;
}

export function fileLinks(paths: readonly string[]): string {
  return paths.map((path) => `<a href="${href(path)}">${escapeHtml(path)}</a>`).join(', ');
}

export function countText(records: number, texts: Texts): string {
  return numberWords(String(records), texts);
}
