import type { Fact } from '../../map/missing-facts.js';
import type { Language, LegalBasis } from '../../model/map.js';
import { en } from './en.js';
import { sv } from './sv.js';

/** Every word of the page that a person reads. Plain text; the page escapes it. */
export interface Texts {
  readonly language: Language;
  readonly months: readonly string[];
  /** `22 november 2026`, from parts; the time of day follows after `at`. */
  date(day: number, month: string, year: string): string;
  at(date: string, time: string): string;
  readonly thousands: string;
  readonly decimal: string;
  readonly yes: string;
  readonly no: string;
  readonly empty: string;

  title(controller: string): string;
  readonly skip: string;
  readonly lead: string;
  readonly facts: {
    readonly request: string;
    readonly created: string;
    readonly controller: string;
    readonly contact: string;
    readonly searched: string;
  };
  readonly learnt: string;
  readonly identifiers: Readonly<Record<string, string>>;

  readonly summary: string;
  found(records: number, systems: number, searched: number): string;
  none(searched: number): string;
  /** After `none`, where every register was searched. */
  readonly nothingElse: string;
  onlyMentions(mentions: number): string;
  withheldToo(count: number): string;
  noneYet(searched: number): string;
  mentionsToo(mentions: number): string;
  readonly overview: {
    readonly caption: string;
    readonly place: string;
    readonly records: string;
    readonly mentions: string;
  };
  readonly contents: string;

  readonly incomplete: {
    readonly heading: string;
    readonly lead: string;
    source(name: string): string;
    tables(source: string, count: number): string;
    columns(place: string, count: number): string;
    hidden(place: string): string;
    facts(place: string, facts: string): string;
    ask(contact: string): string;
  };
  readonly fact: Readonly<Record<Fact, string>>;

  readonly about: {
    readonly heading: string;
    readonly purposes: string;
    readonly legalBasis: string;
    readonly recipients: string;
    readonly noRecipients: string;
    readonly retention: string;
    readonly origin: string;
    readonly originSubject: string;
    readonly originRegistrant: string;
    readonly noNotice: string;
    readonly transfers: string;
    readonly noTransfers: string;
    readonly automated: string;
    readonly noAutomated: string;
    readonly missing: string;
  };
  readonly legalBasis: Readonly<Record<LegalBasis, string>>;

  readonly records: {
    caption(place: string): string;
    record(name: string): string;
    readonly shared: string;
    readonly sharedNote: string;
    readonly mentions: string;
    readonly mentionsLead: string;
    readonly stated: string;
    readonly redacted: string;
    redactedFields(fields: string): string;
    registeredNotified(date: string): string;
    readonly registeredSilently: string;
    more(shown: number, left: number): string;
    count(records: number): string;
    emptyFields(fields: string): string;
    readonly number: string;
    file(bytes: string): string;
    readonly bytes: string;
    technical(columns: string): string;
  };

  readonly fields: {
    readonly heading: string;
    readonly others: string;
    readonly stated: string;
    omitted(reason: string): string;
    readonly omittedPlain: string;
    unmapped(count: number): string;
  };

  readonly withheld: {
    readonly heading: string;
    record(name: string): string;
    readonly unnamed: string;
    readonly grounds: Readonly<Record<string, string>>;
    ground(code: string): string;
  };

  readonly empties: { readonly heading: string; readonly lead: string; readonly unsearchable: string };

  readonly earlier: { readonly heading: string; lead(months: number): string };

  readonly rights: {
    readonly heading: string;
    readonly lead: (contact: string) => string;
    readonly list: readonly { readonly name: string; readonly article: string; readonly text: string }[];
    readonly complaintName: string;
    /** Followed by the authority's name and address. */
    readonly complaint: string;
    readonly courtName: string;
    readonly court: string;
  };

  readonly files: {
    readonly heading: string;
    readonly lead: string;
    readonly list: readonly { readonly path: string; readonly text: string }[];
    readonly careHeading: string;
    readonly care: string;
    readonly here: string;
  };
  footer(tool: string, request: string): string;
}

export function textsOf(language: Language): Texts {
  return language === 'sv' ? sv : en;
}
