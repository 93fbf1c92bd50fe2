import { widthOf } from '../printable.js';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/**
 * Lines of an aligned table, without rules: two spaces between columns, no spaces at a line's end.
 * Cells are text that may already be styled. No rows: no lines.
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  options: { readonly indent?: string; readonly title?: (text: string) => string } = {},
): readonly string[] {
  if (rows.length === 0) return [];
  const { indent = '  ', title = (text: string) => text } = options;
  const titled = columns.some((column) => column.title !== '');
  const head = titled ? [columns.map((column) => title(column.title))] : [];
  const lines = [...head, ...rows];
  const widths = columns.map((_, at) => Math.max(...lines.map((cells) => widthOf(cells[at] ?? ''))));
  return lines.map((cells) =>
    `${indent}${cells.map((cell, at) => pad(cell, widths[at] ?? 0, columns[at]?.align)).join('  ')}`.trimEnd(),
  );
}

function pad(text: string, width: number, align: Column['align']): string {
  const room = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'right' ? room + text : text + room;
}
