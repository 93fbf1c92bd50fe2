import type { CheckItem } from '../../case/setup/doctor.js';
import type { Output } from '../output.js';
import { printable } from '../printable.js';
import type { Style } from '../style.js';
import { count, list, paragraph } from './words.js';

const areas = [
  'workspace',
  'clock',
  'map',
  'source',
  'ledger',
] as const satisfies readonly CheckItem['area'][];
const titles: Readonly<Record<CheckItem['area'], string>> = {
  workspace: 'Workspace',
  clock: 'Clock',
  map: 'Map',
  source: 'Sources',
  ledger: 'Ledger',
};

export async function printChecks(output: Output, items: readonly CheckItem[]): Promise<void> {
  const { style } = output;
  if (output.json) {
    const healthy = items.every((item) => item.kind === null);
    return output.document({ healthy, checks: items });
  }
  const groups = areas.flatMap((area) => {
    const here = items.filter((item) => item.area === area);
    return here.length === 0
      ? []
      : [style.bold(titles[area]), ...here.flatMap((item) => itemLines(item, style)), ''];
  });
  await output.print([...groups, verdict(items, style)]);
}

function itemLines({ severity, about, message, hint }: CheckItem, style: Style): readonly string[] {
  const [first = '', ...more] = paragraph(`${about}: ${message}`, 88);
  const lines = [`  ${mark(severity, style)}  ${first}`, ...more.map((line) => `         ${line}`)];
  // a hint may be SQL to paste: its lines stay as they are
  const told = hint === null ? [] : hint.split('\n').map((line) => `         ${style.cyan(printable(line))}`);
  return [...lines, ...told];
}

export function mark(severity: CheckItem['severity'], style: Style): string {
  switch (severity) {
    case 'ok':
      return style.green('ok   ');
    case 'info':
      return style.dim('note ');
    case 'warning':
      return style.yellow('warn ');
    case 'error':
      return style.red('error');
  }
}

function verdict(items: readonly CheckItem[], style: Style): string {
  const number = (severity: CheckItem['severity']) =>
    items.filter((item) => item.severity === severity).length;
  const [errors, warnings] = [number('error'), number('warning')];
  if (errors + warnings === 0) return style.green('All is well.');
  const parts = [
    ...(errors === 0 ? [] : [style.red(count(errors, 'error'))]),
    ...(warnings === 0 ? [] : [style.yellow(count(warnings, 'warning'))]),
  ];
  return `${list(parts)}.`;
}
