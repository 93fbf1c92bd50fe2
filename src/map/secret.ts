import { isFromEnvironment } from './environment.js';
import { type MapPath, pathText } from './loaded.js';
import type { Problem } from './problem.js';

/** A key of a connection or of options whose value is a secret, whatever the connector. */
export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key) || CAMEL_SECRET_KEY.test(key);
}

const SECRET_KEY =
  /^(?:.*[_-])?(?:pass|passwd|password|pwd|passphrase|secret|token|api[_-]?key|access[_-]?key)$/i;
const CAMEL_SECRET_KEY = /(?:Password|Passwd|Passphrase|Secret|Token|ApiKey|AccessKey)$/;

/**
 * Every password that stands literally in a source's `connection` or `options`: in a URL, in a
 * `key=value` text, under a key that says so, or as a private key. The problem names the place only.
 */
export function literalSecrets(written: unknown, place: (path: MapPath) => string): readonly Problem[] {
  const problems: Problem[] = [];
  const found = (path: MapPath) =>
    problems.push({
      severity: 'error',
      place: place(path),
      path: pathText(path),
      message: 'holds a literal password or secret',
      hint: `take it from the environment: \${NAME}; this file belongs in version control`,
    });
  const walk = (value: unknown, path: MapPath) => {
    const key = String(path.at(-1));
    if (typeof value === 'object' && value !== null) {
      for (const [name, item] of Object.entries(value)) {
        walk(item, [...path, Array.isArray(value) ? Number(name) : name]);
      }
    } else if (isSecretKey(key)) {
      const literal = typeof value === 'string' ? !isFromEnvironment(value) : isNumeric(value);
      if (literal) found(path);
    } else if (typeof value === 'string' && holdsSecret(value)) {
      found(path);
    }
  };
  for (const [name, source] of entriesOf(entryOf(written, 'sources'))) {
    // A connection's parts put straight under the source are unknown keys, and secrets all the same.
    for (const [key, value] of entriesOf(source)) {
      if (key !== 'collections' && key !== 'information') walk(value, ['sources', name, key]);
    }
  }
  return problems;
}

/** Whether a text as written has a literal password in it; a text from the environment has none. */
export function holdsSecret(written: string): boolean {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(written)) return true;
  return passwordsIn(written).some((password) => !isFromEnvironment(password));
}

/** Passwords inside a URL or a `key=value` text, as they are spelled there. */
export function passwordsIn(written: string): readonly string[] {
  const url = /^\s*[a-z][a-z0-9+.-]*:\/\/(.*)$/is.exec(written)?.[1];
  const found: string[] = [];
  if (url !== undefined) {
    const authority = /^[^/?#]*/.exec(url)?.[0] ?? '';
    // A password with an unescaped / ? # ends the authority early; a port before a path is no password.
    const user = authority.includes('@') ? authority : /^[^:/?#]+:(?!\d+[/?#])/.test(url) ? url : '';
    const password = /^[^:@]*:(.*)@/s.exec(user)?.[1];
    if (password !== undefined) found.push(password);
  }
  const pairs =
    /(?:^|[?&;\s])(?:password|passwd|pwd|pass|token|secret|api_?key|sslpassword)\s*=\s*('[^']*'|"[^"]*"|[^&;\s]*)/gi;
  for (const match of written.matchAll(pairs)) found.push((match[1] ?? '').replace(/^(['"])(.*)\1$/, '$2'));
  return found;
}

function isNumeric(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'bigint';
}

function entryOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}

function entriesOf(value: unknown): readonly [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}
