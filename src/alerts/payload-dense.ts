/**
 * Bodies of very many values: to parse millions of `{}` at once would hold the event loop for seconds. What surrounds the
 * alerts is cut out and parsed by itself, then each alert, with turns for others in between.
 */
import { countMarks, MARK, scanJson } from '../core/json-scan.ts';
import { createTurns } from '../core/turns.ts';

const LARGE_BYTES = 512 * 1024;
/** Alertmanager's own payloads have one mark in 20 bytes or more, so that 10 MiB of them stay below. */
const MOST_MARKS = 400_000;
const MOST_MARKS_AN_ALERT = 20_000;
/** More than fit into 10 MiB when each has all that an alert must have. */
const MOST_ALERTS = 131_072;
const KEY = Buffer.from('alerts"');

/** A dense body taken apart. */
export interface TakenApart {
  /** The envelope with no alerts in it, parsed; undefined: it is no JSON. */
  readonly envelope: unknown;
  readonly alerts: readonly unknown[];
  /** Alerts that were left out, by why. */
  readonly leftOut: LeftOut;
}

/** `unreadable`: no JSON, or of far too many values. */
export type LeftOut = Readonly<Record<'unreadable' | 'too-many', number>>;

/** Whether a body has so many values that it must not be parsed at once. */
export function isDense(body: Uint8Array): boolean {
  return body.byteLength >= LARGE_BYTES && countMarks(body) > MOST_MARKS;
}

/** Takes a dense body apart; the alerts are parsed when asked for. Never throws. */
export async function takeApart(body: Uint8Array, { withAlerts }: { withAlerts: boolean }): Promise<TakenApart> {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const turns = createTurns();
  const finder = createFinder(bytes);
  await scanJson(bytes, turns, finder.see);
  const found = finder.found();
  const rest = Buffer.concat([bytes.subarray(0, found.from), bytes.subarray(found.to)]);
  const alerts: unknown[] = [];
  let { unreadable } = found;
  for (const [start, end] of withAlerts ? found.alerts : []) {
    const alert = parsed(bytes.subarray(start, end));
    if (alert === undefined) unreadable += 1;
    else alerts.push(alert);
    await turns.step();
  }
  const envelope = isDense(rest) ? undefined : parsed(rest);
  return { envelope, alerts, leftOut: { unreadable, 'too-many': found.tooMany } };
}

interface Found {
  /** Where the list begins and ends, brackets outside. */
  from: number;
  to: number;
  alerts: Array<readonly [number, number]>;
  unreadable: number;
  tooMany: number;
}

/** Finds the list `alerts` of the outermost object, and each alert in it. */
function createFinder(bytes: Buffer) {
  let found: Found = { from: 0, to: 0, alerts: [], unreadable: 0, tooMany: 0 };
  let isNamed = false;
  let isInside = false;
  let depth = 0;
  let start = 0;
  let marks = 0;

  function begin(at: number): void {
    isInside = true;
    start = at + 1;
    marks = 0;
    found = { from: start, to: start, alerts: [], unreadable: 0, tooMany: 0 };
  }
  function endAlert(at: number): void {
    if (marks > MOST_MARKS_AN_ALERT) found.unreadable += 1;
    else if (found.alerts.length >= MOST_ALERTS) found.tooMany += 1;
    else found.alerts.push([start, at]);
    start = at + 1;
    marks = 0;
  }
  function end(at: number): void {
    isInside = false;
    found.to = at;
    if (!isBlank(bytes, start, at)) endAlert(at);
  }
  function see(mark: number, at: number, word: number): void {
    marks += 1;
    switch (mark) {
      case MARK.colon:
        if (depth === 1) isNamed = bytes.subarray(word, word + KEY.length).equals(KEY);
        return;
      case MARK.comma:
        if (isInside && depth === 2) endAlert(at);
        if (depth === 1) isNamed = false;
        return;
      case MARK.openObject:
      case MARK.openList:
        if (depth === 1 && isNamed && mark === MARK.openList) begin(at);
        depth += 1;
        return;
      default:
        depth -= 1;
        if (isInside && depth === 1) end(at);
    }
  }
  return { see, found: () => found };
}

/** An empty list has no alert; in a longer one each comma ends one. */
function isBlank(bytes: Buffer, from: number, to: number): boolean {
  return to - from < 64 && bytes.toString('latin1', from, to).trim() === '';
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
