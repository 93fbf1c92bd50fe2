import { type IdentifierTypes, identifierTypes } from '../../identity/identifier-types.js';
import { loadMap } from '../../map/load.js';
import type { LoadedMap } from '../../map/loaded.js';
import type { Clock } from '../../model/clock.js';
import type { Context } from '../context.js';
import { workspaceAt } from '../workspace.js';
import type { RequestRules } from './view.js';

/** What requests need of the workspace's map. */
export interface RequestSettings extends RequestRules {
  readonly types: IdentifierTypes;
}

/** @throws DsrError config: the map cannot be read. */
export function requestSettings(context: Context): RequestSettings {
  return settingsOf(loadMap(workspaceAt(context.workspace).map, context.env), context.clock);
}

export function settingsOf(map: LoadedMap, clock: Clock): RequestSettings {
  const { timezone, country } = map.controller;
  return {
    timezone,
    country,
    promiseMonths: map.policy.promise.months,
    types: identifierTypes(map.identifiers, { clock, country }),
  };
}
