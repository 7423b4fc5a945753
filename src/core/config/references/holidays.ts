import type { Written } from '../files.ts';
import type { Path, Report } from '../problem.ts';
import type { OncallFile } from '../schema/oncall.ts';
import { entriesOf } from './names.ts';

const FILE = 'oncall.yml';

/** Places whose public holidays a schedule goes by, and where they stand. */
export function holidayPlaces(oncall: Pick<Partial<OncallFile>, 'schedules'>): Array<{ place: string; path: Path }> {
  const found: Array<{ place: string; path: Path }> = [];
  for (const [name, { layers }] of entriesOf(oncall.schedules)) {
    for (const [index, layer] of layers.entries()) {
      const path: Path = ['schedules', name, 'layers', index];
      const only = 'only' in layer ? layer.only?.holidays : undefined;
      const except = 'except_holidays' in layer ? layer.except_holidays : undefined;
      if (only !== undefined) found.push({ place: only, path: [...path, 'only', 'holidays'] });
      if (except !== undefined) found.push({ place: except, path: [...path, 'except_holidays'] });
    }
  }
  return found;
}

/** oncall.yml: every country that is named is one whose holidays are known. */
export async function checkHolidays({ oncall }: Written, report: Report): Promise<void> {
  const business = oncall?.business_time?.holidays;
  const places = [
    ...(business === undefined ? [] : [{ place: business, path: ['business_time', 'holidays'] }]),
    ...(oncall === null ? [] : holidayPlaces(oncall)),
  ];
  if (places.length === 0) return;
  const isKnown = await loadIsKnown();
  for (const { place, path } of places) {
    if (isKnown(place)) continue;
    const message = `no holidays are known for "${place}"; write a country such as BR, or a part of it such as BR-SP`;
    report({ file: FILE, path, message });
  }
}

async function loadIsKnown(): Promise<(place: string) => boolean> {
  const { default: Holidays } = await import('date-holidays');
  const calendar = new Holidays();
  return (place) => {
    const [country = '', state = '', region = ''] = place.split('-');
    return (
      Object.hasOwn(calendar.getCountries() ?? {}, country) &&
      (state === '' || Object.hasOwn(calendar.getStates(country) ?? {}, state)) &&
      (region === '' || Object.hasOwn(calendar.getRegions(country, state) ?? {}, region))
    );
  };
}
