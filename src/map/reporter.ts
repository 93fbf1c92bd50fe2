import { type MapPath, pathText } from './loaded.js';
import type { Problem } from './problem.js';

/** Collects problems at paths of the map. */
export interface Reporter {
  readonly problems: readonly Problem[];
  error(path: MapPath, message: string, hint?: string | null): void;
  warning(path: MapPath, message: string, hint?: string | null): void;
}

/** @param scrub takes secrets out of what is reported: a variable may stand where it was not meant to. */
export function reporter(place: (path: MapPath) => string, scrub: (text: string) => string): Reporter {
  const problems: Problem[] = [];
  const add =
    (severity: Problem['severity']) =>
    (path: MapPath, message: string, hint: string | null = null) => {
      problems.push({
        severity,
        place: place(path),
        path: pathText(path),
        message: scrub(message),
        hint: hint === null ? null : scrub(hint),
      });
    };
  return { problems, error: add('error'), warning: add('warning') };
}
