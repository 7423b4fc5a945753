import { oneLine, stripControls } from '../core/text.ts';

const WIDEST = 80;

/** A table for people: columns aligned, one space of air; foreign text made harmless for a terminal. */
export function printTable(
  head: readonly string[],
  rows: ReadonlyArray<ReadonlyArray<string | number | null>>,
): string {
  const cells = rows.map((row) => row.map((cell) => printCell(cell)));
  const widths = head.map((title, column) =>
    Math.min(WIDEST, Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0))),
  );
  return [head, ...cells].map((row) => printRow(row, widths)).join('');
}

/** Times for people: `2026-11-22 14:00:05 UTC`; a dash for none. */
export function printTime(iso: string | null | undefined): string {
  return iso === null || iso === undefined ? '-' : `${iso.slice(0, 19).replace('T', ' ')} UTC`;
}

/** One line of text that a terminal cannot be steered by. */
export function plain(text: string): string {
  return oneLine(stripControls(text));
}

function printCell(cell: string | number | null): string {
  return cell === null || cell === '' ? '-' : plain(String(cell));
}

function printRow(row: readonly string[], widths: readonly number[]): string {
  const padded = row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)));
  return `${padded.join('  ').trimEnd()}\n`;
}
