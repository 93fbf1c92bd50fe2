import { asciiLower, unique } from '../identity/text.js';
import type { SoughtValue } from './sought.js';

/** What a source's net is asked for: signs that every engine compares alike (Scan.containing). */
const RUNS = /[a-z0-9_.@+;]+/g;
const RUNS_WITH_HYPHEN = /[a-z0-9_.@+;-]+/g;
/** A shorter run brings most of a table. */
const SHORT = 5;

/**
 * Texts of which at least one stands in every form of every identifier, escaped ones too, whatever its
 * case; few and long, so that they bring little else. null: there is a form of which nothing can be asked
 * for (it has no ASCII letter or digit), so all records have to be looked at.
 */
export function needlesOf(sought: readonly SoughtValue[]): readonly string[] | null {
  const needles: string[] = [];
  for (const { forms } of sought) {
    const written = unique(forms.flatMap(spelled).map(asciiLower)).toSorted((a, b) => a.length - b.length);
    for (const form of written) {
      if (needles.some((needle) => form.includes(needle))) continue;
      const run = bestRun(form);
      if (run === null) return null;
      needles.push(run);
    }
  }
  return needles.filter((one) => !needles.some((other) => other !== one && one.includes(other)));
}

/** Where a hyphen parts the runs too short it has to be one: texts also have other dashes for it. */
function bestRun(form: string): string | null {
  const plain = longest(form.match(RUNS));
  const run = plain !== null && plain.length >= SHORT ? plain : longest(form.match(RUNS_WITH_HYPHEN));
  return run === null || !/[a-z0-9]/.test(run) ? null : run;
}

function longest(runs: readonly string[] | null): string | null {
  return (runs ?? []).reduce<string | null>(
    (best, run) => (best === null || run.length > best.length ? run : best),
    null,
  );
}

/** A form as JSON, URLs, HTML and (`=40`, of which a part stands in `%40`) mails write it, and with the dash that word processors make of a hyphen. */
export function spelled(form: string): readonly string[] {
  const dashed =
    /^\p{L}.*-|^\d{6,8}-/u.test(form) && !form.includes('@') ? [form.replaceAll('-', '\u2013')] : [];
  if (/^[A-Za-z0-9._-]*$/.test(form)) return [form, ...dashed];
  return [
    form,
    ...dashed,
    escaped(form, /[^\0-\x7f]/g),
    escaped(form, /[^A-Za-z0-9._-]/g),
    escaped(form, /[^A-Za-z0-9._@-]/g),
    form.replaceAll('@', '\\u0040'),
    form.replaceAll('@', '%40'),
    form.replaceAll('@', '&#64;'),
    form.replaceAll('@', '&#x40;'),
    form.replaceAll('@', '&commat;'),
    form.replaceAll('+', '%2B'),
    ofUrl(form, encodeURI),
    ofUrl(form, encodeURIComponent),
  ];
}

function escaped(form: string, signs: RegExp): string {
  return form.replace(signs, (sign) =>
    [...Array(sign.length).keys()]
      .map((at) => `\\u${sign.charCodeAt(at).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

function ofUrl(form: string, encode: (text: string) => string): string {
  try {
    return encode(form);
  } catch {
    return form;
  }
}
