import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../../core/config/config.ts';
import { readDocument } from '../../core/config/document.ts';
import { type Path, type Problem, printPath } from '../../core/config/problem.ts';
import { OpsError } from '../../core/errors.ts';
import { fetchCalendar } from '../../oncall/calendars/fetch.ts';
import { type CalendarPlace, calendarsIn } from '../../oncall/calendars/places.ts';
import { readCalendar } from '../../oncall/calendars/read-calendar.ts';
import type { CalendarRead } from '../../oncall/calendars/spans.ts';

const FILE = 'oncall.yml';
/** Events that are named before the rest is only counted. */
const MOST_SHOWN = 5;

/** Calendars that are files: one that cannot be read is an error, an event that names nobody we know a warning. Addresses are not asked. */
export async function calendarProblems(dir: string, { oncall }: Config, now: number): Promise<Problem[]> {
  const document = readDocument(FILE, await readFile(join(dir, FILE), 'utf8'));
  const problems: Problem[] = [];
  for (const place of calendarsIn(oncall)) {
    const { source } = place.layer;
    if (!('file' in source)) continue;
    const path: Path = ['schedules', place.schedule, 'layers', lineOf(document.value, place), 'calendar'];
    const at = { file: FILE, ...document.locate(path, 'key'), path: printPath(path) };
    problems.push(
      ...(await problemsOf(dir, source.file, place, { people: oncall.people, now })).map((p) => ({ ...at, ...p })),
    );
  }
  return problems;
}

type Told = Pick<Problem, 'severity' | 'message' | 'hint'>;
type Asked = { readonly people: Config['oncall']['people']; readonly now: number };

async function problemsOf(dir: string, file: string, place: CalendarPlace, { people, now }: Asked): Promise<Told[]> {
  try {
    const bytes = await fetchCalendar({ file }, dir);
    return unmatchedProblems(file, await readCalendar(bytes, place, people, now));
  } catch (error) {
    if (!(error instanceof OpsError)) throw error;
    const hint = 'the path is seen from this folder; the file is an ICS export of a calendar';
    return [{ severity: 'error', message: `${file} cannot be read: ${error.message}`, hint }];
  }
}

function unmatchedProblems(file: string, { unmatched }: CalendarRead): Told[] {
  const severity = 'warning';
  const hint = 'write the e-mail address of a person of oncall.yml as attendee, or their key into the title';
  const told: Told[] = unmatched.slice(0, MOST_SHOWN).map(({ summary, at }) => {
    const day = new Date(at).toISOString().slice(0, 10);
    return { severity, message: `${file}: ${JSON.stringify(summary)} on ${day} names nobody of oncall.yml`, hint };
  });
  const more = unmatched.length - MOST_SHOWN;
  if (more > 0)
    told.push({ severity, message: `${file}: ${more} more events that name nobody of oncall.yml`, hint: null });
  return told;
}

/** Where the layer stands in the file: layers that only hold overrides count there too. */
function lineOf(value: unknown, { schedule, index }: CalendarPlace): number {
  const layers = layersOf(value, schedule);
  const own = layers.flatMap((layer, at) => (isOnlyOverride(layer) ? [] : [at]));
  return own[index] ?? index;
}

function layersOf(value: unknown, schedule: string): readonly unknown[] {
  const found = ['schedules', schedule, 'layers'].reduce<unknown>(
    (inner, key) => (isRecord(inner) ? inner[key] : undefined),
    value,
  );
  return Array.isArray(found) ? found : [];
}

function isOnlyOverride(layer: unknown): boolean {
  return isRecord(layer) && Object.keys(layer).every((key) => key === 'override');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
