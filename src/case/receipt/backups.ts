import { add } from 'date-fns/add';
import { format } from 'date-fns/format';
import type { WrittenFacts } from '../../map/facts-of.js';
import type { Length } from '../../model/map.js';
import { civilDate } from '../request/deadline.js';
import { cleanSince, lastTold } from './changes.js';
import type { Story } from './story.js';

/** Where the values still stand in backups of a source that was changed. */
export interface SourceBackups {
  readonly source: string;
  /** until: they do · over: the last that held them was written over · none: there are none · unknown: the map does not say. */
  readonly state: 'until' | 'over' | 'none' | 'unknown';
  /** The civil day on which the last backup that holds them is written over. */
  readonly until: string | null;
  readonly why: string;
}

interface BackupInput {
  readonly source: string;
  readonly story: Story;
  readonly facts: WrittenFacts;
  readonly timezone: string;
  readonly today: string;
}

/** One made just before the last commit is kept for as long as the rotation says. */
export function backupsOf({ source, story, facts, timezone, today }: BackupInput): SourceBackups {
  const backups = facts.backups(source);
  if (backups === null) {
    const why = `not known: the map does not say for how long backups are kept (sources.${source}.backups)`;
    return { source, state: 'unknown', until: null, why };
  }
  if (backups === 'none')
    return { source, state: 'none', until: null, why: 'the map says that there are none' };
  const told = lastTold(story).get(source);
  // Where the answer to the commit was lost, it came before the search that found it done.
  const clean = told?.outcome === 'unknown' ? cleanSince(story, source, told.seq) : null;
  const changedAt = clean?.at ?? lastCommit(story, source) ?? told?.at;
  if (changedAt === undefined)
    return { source, state: 'unknown', until: null, why: 'not known when it was changed' };
  const day = civilDate(new Date(changedAt), timezone);
  const until = format(add(`${day}T00:00:00`, backups.rotation), 'yyyy-MM-dd');
  const why = `changed on ${day}; backups are kept for ${lengthWords(backups.rotation)}`;
  return { source, state: until > today ? 'until' : 'over', until, why };
}

function lastCommit({ plans }: Story, source: string): string | undefined {
  return plans
    .flatMap(({ sources }) => sources.get(source) ?? [])
    .findLast(({ outcome }) => outcome === 'committed')?.at;
}

function lengthWords(length: Length): string {
  return (['years', 'months', 'days'] as const)
    .flatMap((unit) => {
      const number = length[unit];
      return number === undefined ? [] : [`${number} ${number === 1 ? unit.slice(0, -1) : unit}`];
    })
    .join(' and ');
}
