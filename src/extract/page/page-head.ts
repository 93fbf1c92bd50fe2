import type { SourceEntry } from '../../model/map.js';
import type { Completeness } from '../completeness.js';
import type { ExtractInput } from '../input.js';
import type { Texts } from '../texts/texts.js';
import { escapeHtml } from './escape.js';
import { collectionTitle, hasEmpties } from './page-foot.js';
import { countText, type Section, sourceTitle } from './section.js';
import { STYLE } from './style.js';
import { momentWords } from './words.js';

type Sections = ReadonlyMap<SourceEntry, readonly Section[]>;

/** Everything before the records: who answers, what was found and where, what is missing. */
export function pageHead(input: ExtractInput, sections: Sections, gaps: Completeness, texts: Texts): string {
  const { controller } = input.map;
  const title = texts.title(controller.name);
  return `<!doctype html>
<html lang="${texts.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#main">${escapeHtml(texts.skip)}</a>
<div class="page">
<header>
<p class="from">${escapeHtml(controller.name)}</p>
<h1>${escapeHtml(title)}</h1>
<p class="lead">${escapeHtml(texts.lead)}</p>
${factsHtml(input, texts)}
</header>
<main id="main">
${summaryHtml(input, sections, gaps, texts)}
${gapsHtml(input, gaps, sections, texts)}
${contentsHtml(input, sections, gaps, texts)}
`;
}

function factsHtml(input: ExtractInput, texts: Texts): string {
  const { controller } = input.map;
  const searched = input.identifiers.map(({ type, value, from }) => {
    const name = texts.identifiers[type] ?? type;
    const how = from === 'operator' ? '' : ` <span class="small">(${escapeHtml(lower(texts.learnt))})</span>`;
    return `<li>${escapeHtml(name)}: ${escapeHtml(value)}${how}</li>`;
  });
  const rows: readonly (readonly [string, string])[] = [
    [texts.facts.controller, escapeHtml(controller.name)],
    [texts.facts.contact, contactHtml(controller.contact)],
    [texts.facts.request, escapeHtml(input.request)],
    [texts.facts.created, escapeHtml(momentWords(input.created, controller.timezone, texts))],
    ...(searched.length === 0
      ? []
      : [[texts.facts.searched, `<ul class="list">${searched.join('')}</ul>`] as const]),
  ];
  const body = rows.map(([name, html]) => `<div><dt>${escapeHtml(name)}</dt><dd>${html}</dd></div>`);
  return `<dl class="facts">${body.join('\n')}</dl>`;
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function contactHtml(contact: string): string {
  const safe = escapeHtml(contact);
  return /^[^\s@<>"]+@[^\s@<>"]+$/.test(contact) ? `<a href="mailto:${safe}">${safe}</a>` : safe;
}

function summaryHtml(input: ExtractInput, sections: Sections, gaps: Completeness, texts: Texts): string {
  let records = 0;
  let mentions = 0;
  let systems = 0;
  const rows: string[] = [];
  for (const here of sections.values()) {
    let inSystem = 0;
    for (const { contents, title, id } of here) {
      const about = contents.counts.own + contents.counts.shared;
      const naming = contents.counts.mention;
      inSystem += about;
      mentions += naming;
      const place = `<th scope="row"><a href="#${id}">${escapeHtml(title)}</a></th>`;
      rows.push(
        `<tr>${place}<td class="count">${countText(about, texts)}</td><td class="count">${countText(naming, texts)}</td></tr>`,
      );
    }
    records += inSystem;
    if (inSystem > 0) systems += 1;
  }
  const searched = input.sources.filter((source) => source.status === 'searched').length;
  const said = summaryWords({ records, mentions, systems, searched }, input, gaps, texts);
  const { caption, place, records: about, mentions: naming } = texts.overview;
  const table =
    rows.length < 2
      ? ''
      : `<table><caption class="hidden-caption">${escapeHtml(caption)}</caption>
<thead><tr><th scope="col">${escapeHtml(place)}</th><th scope="col" class="count">${escapeHtml(about)}</th><th scope="col" class="count">${escapeHtml(naming)}</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody></table>`;
  const [first = '', ...rest] = said;
  return `<section class="summary" aria-labelledby="summary">
<h2 id="summary">${escapeHtml(texts.summary)}</h2>
<p class="big">${escapeHtml(first)}</p>
${rest.map((text) => `<p>${escapeHtml(text)}</p>`).join('\n')}
${table}
</section>`;
}

interface Counts {
  readonly records: number;
  readonly mentions: number;
  readonly systems: number;
  readonly searched: number;
}

/** Art. 15(1) asks for a confirmation either way; a negative one is given only where it is certain. */
function summaryWords(
  counts: Counts,
  input: ExtractInput,
  gaps: Completeness,
  texts: Texts,
): readonly string[] {
  const { records, mentions, systems, searched } = counts;
  const withheld = input.withheld.length;
  const said: string[] = [];
  if (records > 0) said.push(texts.found(records, systems, searched));
  if (mentions > 0) said.push(records > 0 ? texts.mentionsToo(mentions) : texts.onlyMentions(mentions));
  if (records + mentions === 0 && withheld === 0) {
    const unread = gaps.sources.length + gaps.tables.length + gaps.columns.length + gaps.hidden.length > 0;
    said.push(unread ? texts.noneYet(searched) : texts.none(searched));
    if (!unread && gaps.unsearchable.length === 0) said.push(texts.nothingElse);
  }
  if (withheld > 0) said.push(texts.withheldToo(withheld));
  return said;
}

/** What of this concerns the person: a fact missing about a register that has nothing of theirs does not. */
function gapsHtml(input: ExtractInput, gaps: Completeness, sections: Sections, texts: Texts): string {
  const shown = [...sections.values()].flat();
  const titles = new Map(shown.map(({ collection, title }) => [collection.id, title]));
  const sourceName = (name: string) => {
    const source = input.map.sources.find((entry) => entry.name === name);
    return source === undefined ? name : sourceTitle(source, texts);
  };
  const items = [
    ...gaps.sources.map((source) => texts.incomplete.source(sourceName(source))),
    ...gaps.tables.map(({ source, tables }) => texts.incomplete.tables(sourceName(source), tables.length)),
    ...gaps.columns.map(({ collection, columns }) =>
      texts.incomplete.columns(titles.get(collection) ?? collectionTitle(input, collection), columns.length),
    ),
    ...gaps.hidden.map(({ collection }) =>
      texts.incomplete.hidden(titles.get(collection) ?? collectionTitle(input, collection)),
    ),
    ...gaps.facts.flatMap(({ collection, facts }) => {
      const title = titles.get(collection);
      return title === undefined
        ? []
        : [texts.incomplete.facts(title, facts.map((fact) => texts.fact[fact]).join(', '))];
    }),
  ];
  if (items.length === 0) return '';
  return `<section class="alert" aria-labelledby="incomplete">
<h2 id="incomplete">${escapeHtml(texts.incomplete.heading)}</h2>
<p>${escapeHtml(texts.incomplete.lead)}</p>
<ul>
${items.map((item) => `<li>${escapeHtml(item)}</li>`).join('\n')}
</ul>
<p>${escapeHtml(texts.incomplete.ask(input.map.controller.contact))}</p>
</section>`;
}

function contentsHtml(input: ExtractInput, sections: Sections, gaps: Completeness, texts: Texts): string {
  let number = 0;
  const sources = [...sections].map(([source, here]) => {
    number += 1;
    const below = here.map(({ id, title }) => `<li><a href="#${id}">${escapeHtml(title)}</a></li>`);
    return `<li><a href="#s-${number}">${escapeHtml(sourceTitle(source, texts))}</a><ul>${below.join('')}</ul></li>`;
  });
  const rest: readonly (readonly [string, string, boolean])[] = [
    ['empty', texts.empties.heading, hasEmpties(input, gaps)],
    ['earlier', texts.earlier.heading, input.earlierExtracts.length > 0],
    ['rights', texts.rights.heading, true],
    ['files', texts.files.heading, true],
  ];
  const others = rest.flatMap(([id, name, there]) =>
    there ? [`<li><a href="#${id}">${escapeHtml(name)}</a></li>`] : [],
  );
  return `<nav aria-labelledby="contents">
<h2 id="contents">${escapeHtml(texts.contents)}</h2>
<ul>
${[...sources, ...others].join('\n')}
</ul>
</nav>
`;
}
