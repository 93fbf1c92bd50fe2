import { type MapPath, pathText } from './loaded.js';
import type { Problem } from './problem.js';

export interface Substituted {
  readonly value: unknown;
  /** What was filled in, and where. */
  readonly used: readonly { readonly path: MapPath; readonly name: string; readonly value: string }[];
  readonly problems: readonly Problem[];
}

const PART = /\$\$\{|\$\{([^}]*)\}?/g;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Fills `${NAME}` from the environment in every text of a parsed document, keys left alone; `$${` is a
 * literal `${`. It works on values, not on the YAML text, so that what a variable holds is data.
 * A variable that is not set is a problem naming it, and its text stays as written.
 */
export function substitute(
  plain: unknown,
  env: Readonly<Record<string, string | undefined>>,
  place: (path: MapPath) => string,
): Substituted {
  const problems: Problem[] = [];
  const used: { path: MapPath; name: string; value: string }[] = [];
  const fill = (text: string, path: MapPath) =>
    text.replace(PART, (part, name: string | undefined) => {
      if (name === undefined) return '${';
      const wrong = faultOf(part, name, env);
      if (wrong === null) {
        const value = env[name] ?? '';
        used.push({ path, name, value });
        return value;
      }
      problems.push({ severity: 'error', place: place(path), path: pathText(path), ...wrong });
      return part;
    });
  const walk = (value: unknown, path: MapPath): unknown => {
    if (typeof value === 'string') return fill(value, path);
    if (Array.isArray(value)) return value.map((item, index) => walk(item, [...path, index]));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item, [...path, key])]));
  };
  return { value: walk(plain, []), used, problems };
}

function faultOf(
  part: string,
  name: string,
  env: Readonly<Record<string, string | undefined>>,
): { message: string; hint: string } | null {
  if (!part.endsWith('}') || !NAME.test(name)) {
    return {
      message: `holds a \${ that is not the name of a variable`,
      hint: `write \${NAME} with letters, digits and _ only; for a literal \${ write $\${`,
    };
  }
  if (env[name] !== undefined) return null;
  return {
    message: `the environment variable ${name} is not set`,
    hint: `set it before the call: export ${name}=…`,
  };
}

/** Whether a text as written takes all it holds from the environment (or holds nothing). */
export function isFromEnvironment(written: string): boolean {
  return (
    written.replace(
      /(\$\$\{)|\$\{[A-Za-z_][A-Za-z0-9_]*\}/g,
      (_, escaped: string | undefined) => escaped ?? '',
    ) === ''
  );
}
