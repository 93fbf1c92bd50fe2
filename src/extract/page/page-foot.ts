import type { Completeness } from '../completeness.js';
import type { ExtractInput } from '../input.js';
import type { Texts } from '../texts/texts.js';
import { escapeHtml } from './escape.js';
import { sourceTitle } from './section.js';
import { momentWords, say } from './words.js';

/** Everything after the records: where nothing was found, earlier extracts, rights, files. */
export function pageFoot(
  input: ExtractInput,
  gaps: Completeness,
  folders: ReadonlySet<string>,
  texts: Texts,
): string {
  return `${emptiesHtml(input, gaps, texts)}${earlierHtml(input, texts)}${rightsHtml(input, texts)}${filesHtml(folders, texts)}</main>
<footer>${escapeHtml(texts.footer(input.tool, input.request))}</footer>
</div>
</body>
</html>
`;
}

function emptiesHtml(input: ExtractInput, gaps: Completeness, texts: Texts): string {
  if (!hasEmpties(input, gaps)) return '';
  const parts: string[] = [];
  const empty = new Set(emptyCollections(input));
  if (empty.size > 0) {
    const rows = input.map.sources.flatMap((source) => {
      const names = input.map.collections
        .filter((collection) => collection.source === source.name && empty.has(collection.id))
        .map((collection) =>
          collection.label === null ? collection.name : say(collection.label, texts.language),
        );
      if (names.length === 0) return [];
      return [
        `<div><dt>${escapeHtml(sourceTitle(source, texts))}</dt><dd>${escapeHtml(names.join(', '))}</dd></div>`,
      ];
    });
    parts.push(`<p>${escapeHtml(texts.empties.lead)}</p>\n<dl>${rows.join('\n')}</dl>`);
  }
  if (gaps.unsearchable.length > 0) {
    const items = gaps.unsearchable.map(
      ({ collection, reason }) =>
        `<div><dt>${escapeHtml(collectionTitle(input, collection))}</dt><dd>${escapeHtml(reason)}</dd></div>`,
    );
    parts.push(`<p>${escapeHtml(texts.empties.unsearchable)}</p>\n<dl>${items.join('\n')}</dl>`);
  }
  return sectionOf('empty', texts.empties.heading, parts.join('\n'));
}

function earlierHtml(input: ExtractInput, texts: Texts): string {
  if (input.earlierExtracts.length === 0) return '';
  const zone = input.map.controller.timezone;
  const dates = input.earlierExtracts.map((date) => `<li>${escapeHtml(momentWords(date, zone, texts))}</li>`);
  const lead = texts.earlier.lead(input.map.policy.freeExtract.perMonths);
  return sectionOf(
    'earlier',
    texts.earlier.heading,
    `<p>${escapeHtml(lead)}</p>\n<ul>${dates.join('')}</ul>`,
  );
}

function rightsHtml(input: ExtractInput, texts: Texts): string {
  const { rights } = texts;
  const { authority, contact } = input.map.controller;
  const article = (text: string) => (text === '' ? '' : ` <span class="tech">${escapeHtml(text)}</span>`);
  const row = (name: string, at: string, html: string) =>
    `<div><dt>${escapeHtml(name)}${article(at)}</dt><dd>${html}</dd></div>`;
  const link = /^https?:\/\//i.test(authority.url)
    ? `<a class="outward" href="${escapeHtml(authority.url)}">${escapeHtml(authority.name)}</a>`
    : escapeHtml(`${authority.name} (${authority.url})`);
  const rows = [
    ...rights.list.map(({ name, article: at, text }) => row(name, at, escapeHtml(text))),
    row(rights.complaintName, '', `${escapeHtml(rights.complaint)} ${link}.`),
    row(rights.courtName, '', escapeHtml(rights.court)),
  ];
  return sectionOf(
    'rights',
    rights.heading,
    `<p>${escapeHtml(rights.lead(contact))}</p>\n<dl class="rights">${rows.join('\n')}</dl>`,
  );
}

function filesHtml(folders: ReadonlySet<string>, texts: Texts): string {
  const rows = texts.files.list
    .filter(({ path }) => !path.endsWith('/') || folders.has(path))
    .map(
      ({ path, text }) =>
        `<div><dt><span class="tech">${escapeHtml(path)}</span></dt><dd>${escapeHtml(text)}</dd></div>`,
    );
  return sectionOf(
    'files',
    texts.files.heading,
    `<p>${escapeHtml(texts.files.lead)}</p>\n<dl>${rows.join('\n')}</dl>
<h3 class="after">${escapeHtml(texts.files.careHeading)}</h3>\n<p>${escapeHtml(texts.files.care)}</p>`,
  );
}

function sectionOf(id: string, heading: string, html: string): string {
  return `<section id="${id}" aria-labelledby="${id}-t">\n<h2 id="${id}-t">${escapeHtml(heading)}</h2>\n${html}\n</section>\n`;
}

export function collectionTitle(input: ExtractInput, id: string): string {
  const collection = input.map.collections.find((entry) => entry.id === id);
  return collection?.label == null ? id : say(collection.label, input.language);
}

function emptyCollections(input: ExtractInput): readonly string[] {
  const searched = new Set(
    input.sources.filter(({ status }) => status === 'searched').map(({ source }) => source),
  );
  return input.contents.flatMap(({ collection: id, counts }) => {
    const collection = input.map.collections.find((entry) => entry.id === id);
    if (collection === undefined || collection.unsearchable !== null) return [];
    if (!searched.has(collection.source) || counts.own + counts.shared + counts.mention > 0) return [];
    return input.withheld.some((record) => record.collection === id) ? [] : [id];
  });
}

export function hasEmpties(input: ExtractInput, gaps: Completeness): boolean {
  return emptyCollections(input).length > 0 || gaps.unsearchable.length > 0;
}
