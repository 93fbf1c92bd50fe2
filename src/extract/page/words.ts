import { tzOffset } from '@date-fns/tz';
import type { Language, Text } from '../../model/map.js';
import type { Texts } from '../texts/texts.js';

/** A text of the map in the page's language; where it lacks that one, in the one it has. */
export function say(text: Text, language: Language): string {
  if (typeof text === 'string') return text;
  return text[language] ?? text.sv ?? text.en ?? '';
}

/** `2026-11-22` as `22 november 2026`; what is no date comes back unchanged. */
export function dateWords(date: string, texts: Texts): string {
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(date);
  const month = texts.months[Number(parts?.[2]) - 1];
  if (parts === null || month === undefined) return date;
  return texts.date(Number(parts[3]), month, String(Number(parts[1])));
}

/** A time on its own clock, `2026-11-22T14:03:59.123456`: to the second, as far as it is told. */
export function timeWords(local: string, texts: Texts): string {
  const parts = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::(\d\d))?/.exec(local);
  if (parts === null) return local;
  const seconds = parts[3] === undefined || parts[3] === '00' ? '' : `:${parts[3]}`;
  const clock = `${parts[2]}${seconds}`;
  return texts.at(
    dateWords(parts[1] ?? '', texts),
    texts.language === 'sv' ? clock.replaceAll(':', '.') : clock,
  );
}

/** A moment (RFC 3339) on the clock of a zone, `YYYY-MM-DDTHH:MM:SS`; null: not a moment. */
export function localTime(instant: string, zone: string): string | null {
  const moment = Date.parse(instant);
  if (Number.isNaN(moment)) return null;
  return new Date(moment + tzOffset(zone, new Date(moment)) * 60_000).toISOString().slice(0, 19);
}

export function momentWords(instant: string, zone: string, texts: Texts): string {
  const local = localTime(instant, zone);
  return local === null ? instant : timeWords(local, texts);
}

/** `1234567.50` as `1 234 567,50`; anything else unchanged. */
export function numberWords(number: string, texts: Texts): string {
  const parts = /^(-?)(\d+)(?:\.(\d+))?$/.exec(number);
  if (parts === null) return number;
  const whole = (parts[2] ?? '').replace(/\B(?=(\d{3})+$)/g, texts.thousands);
  const sign = parts[1] === '-' ? '\u2212' : '';
  return sign + whole + (parts[3] === undefined ? '' : texts.decimal + parts[3]);
}
