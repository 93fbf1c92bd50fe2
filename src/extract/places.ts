import type { DataMap } from '../model/map.js';
import { pathParts } from './path-name.js';

/** Where the files of a collection stand inside the zip. */
export interface Places {
  readonly json: string;
  readonly csv: string;
  readonly mentionsJson: string;
  readonly mentionsCsv: string;
  readonly portability: string;
  /** A folder, ending in `/`. */
  readonly files: string;
}

/** For every collection of the map, so that a place does not depend on what was found. */
export function placesOf(map: DataMap): ReadonlyMap<string, Places> {
  const sources = pathParts([...new Set(map.collections.map((collection) => collection.source))]);
  const places = new Map<string, Places>();
  for (const [source, folder] of sources) {
    const collections = map.collections.filter((collection) => collection.source === source);
    const names = pathParts(collections.map((collection) => collection.name));
    for (const collection of collections) {
      const at = `${folder}/${names.get(collection.name)}`;
      places.set(collection.id, {
        json: `data/${at}.json`,
        csv: `data/${at}.csv`,
        mentionsJson: `data/${at}.mentions.json`,
        mentionsCsv: `data/${at}.mentions.csv`,
        portability: `portability/${at}.json`,
        files: `files/${at}/`,
      });
    }
  }
  return places;
}
