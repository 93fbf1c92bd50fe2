import type { Substituted } from './environment.js';
import type { MapPath } from './loaded.js';
import { isSecretKey, passwordsIn } from './secret.js';

/** Too short to be told from a word of the message. */
const SHORTEST = 4;

/**
 * Takes out of a text every password of the connections, and every value of a variable that stands
 * somewhere else: put on the wrong line (`connector: ${CRM_DATABASE_URL}`) it would be quoted.
 */
export function scrubber(filled: unknown, used: Substituted['used']): (text: string) => string {
  const words = new Map<string, string>();
  const hide = (secret: string, by: string) => {
    if (secret.length >= SHORTEST && !words.has(secret)) words.set(secret, by);
  };
  for (const { path, name, value } of used) {
    if (isSecretPlace(path) && !isSecretKey(String(path.at(-1)))) continue;
    hide(value, `\${${name}}`);
    for (const password of spelled(value)) hide(password, '***');
  }
  walk(filled, [], (text, path) => {
    if (!isSecretPlace(path)) return;
    if (isSecretKey(String(path.at(-1)))) hide(text, '***');
    for (const password of spelled(text)) hide(password, '***');
  });
  const longestFirst = [...words].sort(([a], [b]) => b.length - a.length);
  return (text) => longestFirst.reduce((rest, [secret, by]) => rest.replaceAll(secret, () => by), text);
}

/** A password as it stands in the URL, and as a driver may repeat it. */
function spelled(text: string): readonly string[] {
  return passwordsIn(text).flatMap((password) => {
    try {
      return [password, decodeURIComponent(password)];
    } catch {
      return [password];
    }
  });
}

function isSecretPlace(path: MapPath): boolean {
  return path[0] === 'sources' && (path[2] === 'connection' || path[2] === 'options');
}

function walk(value: unknown, path: MapPath, visit: (text: string, path: MapPath) => void): void {
  if (typeof value === 'string') visit(value, path);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) walk(item, [...path, key], visit);
}
