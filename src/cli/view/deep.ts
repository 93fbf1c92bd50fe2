import type { Deep } from '../../case/search/deep.js';
import { printable } from '../printable.js';
import type { Style } from '../style.js';
import { table } from './table.js';
import { count } from './words.js';

/** contract.md §4, `deep`. */
export function deepDocument({ complete, places, tables, unsearched }: Deep): Omit<Deep, 'records'> {
  return { complete, places, tables, unsearched };
}

/** What a deep search found beside; what it asks for stands with what is incomplete. */
export function deepLines(deep: Deep | undefined, style: Style): readonly string[] {
  if (deep === undefined) return [];
  const { complete, places, tables } = deep;
  const through = `${count(tables, 'table')} searched through${complete ? '' : ', not all there are'}`;
  if (places.length === 0) {
    if (tables === 0 && !complete)
      return ['', `${style.bold('Deep search')}: no table was searched through.`];
    return [
      '',
      `${style.bold('Deep search')}: ${through}; no identifier stands anywhere else${complete ? '' : ' in them'}.`,
    ];
  }
  const rows = places.map(({ source, table: name, column, records, mapped }) => [
    printable(`${source}.${name}.${column}`),
    style.yellow(records.toLocaleString('en')),
    style.dim(mapped ? '' : 'not in the map'),
  ]);
  const columns = [{ title: 'Also in' }, { title: 'records', align: 'right' as const }, { title: '' }];
  return [
    '',
    `${style.bold('Deep search')}: ${through}; an identifier stands in ${count(places.length, 'further place')}.`,
    ...table(columns, rows, { title: style.bold }),
  ];
}
