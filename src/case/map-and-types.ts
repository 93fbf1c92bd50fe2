import { type IdentifierTypes, identifierTypes } from '../identity/identifier-types.js';
import { loadMap } from '../map/load.js';
import type { LoadedMap } from '../map/loaded.js';
import type { Context } from './context.js';
import { workspaceAt } from './workspace.js';

/** What the map says of identifiers, before any source is opened. */
export interface MapAndTypes {
  readonly loaded: LoadedMap;
  readonly types: IdentifierTypes;
}

export function loadTypes(context: Context): MapAndTypes {
  const loaded = loadMap(workspaceAt(context.workspace).map, context.env);
  const { country } = loaded.controller;
  return { loaded, types: identifierTypes(loaded.identifiers, { clock: context.clock, country }) };
}
