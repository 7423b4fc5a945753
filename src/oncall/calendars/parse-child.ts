/**
 * What the child process runs that reads a calendar: whatever stands in the file, it costs this process nothing. In: the
 * bytes on stdin, the span as arguments, the zone of floating times as TZ. Out: JSON, one entry for each event or moved instance,
 * with the moments at which it begins. Times without a zone get one before node-ical sees them: it would repeat them in
 * UTC, or in the first zone that the file defines.
 */
export const PARSE_CHILD = String.raw`
const [library, zonesLibrary, fromText, toText, mostText] = process.argv.slice(1);
const ical = require(library);
const zones = require(zonesLibrary);
console.warn = () => undefined;
const from = Number(fromText);
const to = Number(toText);
const own = process.env.TZ;
const DAY = 86400000;

const text = require('node:fs').readFileSync(0, 'utf8').replace(/^\uFEFF/, '');
if (!/^\s*BEGIN:VCALENDAR/i.test(text)) fail('it is no calendar: it does not begin with BEGIN:VCALENDAR');
if (!/^END:VCALENDAR\s*$/im.test(text)) fail('it is cut off: END:VCALENDAR is missing');

const zoneLines = [];
const lines = [];
let inZone = false;
for (const line of text.replace(/\r?\n[ \t]/g, '').split(/\r?\n/)) {
  if (/^BEGIN:VTIMEZONE/i.test(line)) inZone = true;
  (inZone ? zoneLines : lines).push(line);
  if (/^END:VTIMEZONE/i.test(line)) inZone = false;
}
const defined = new Map();
for (const found of Object.values(ical.sync.parseICS(['BEGIN:VCALENDAR', ...zoneLines, 'END:VCALENDAR'].join('\n')))) {
  if (found && found.type === 'VTIMEZONE') defined.set(String(found.tzid), found);
}

const named = new Map();
function zoneOf(written) {
  if (!named.has(written)) named.set(written, findZone(written));
  return named.get(written);
}
function findZone(written) {
  if (zones.isValidIana(written)) return written;
  const known = zones.resolveTZID(written).iana;
  if (known && zones.isValidIana(known)) return known;
  const tail = written.split('/').slice(-2).join('/');
  if (zones.isValidIana(tail)) return tail;
  const { iana, offset } = zones.resolveVTimezoneToIana(defined.get(written), new Date(from).getUTCFullYear());
  return iana || offset || own;
}
const zoned = lines.map((line) => {
  const found = /^(DTSTART|DTEND|RECURRENCE-ID|EXDATE)((?:;[^:"]*|"[^"]*")*):(\d{8}T\d{6}[^Zz]*)$/i.exec(line);
  if (found === null) return line;
  const [, name, parameters, value] = found;
  const written = /;TZID=("[^"]*"|[^;:]*)/i.exec(parameters);
  const zone = written === null ? own : zoneOf(written[1].replace(/"/g, ''));
  return name + parameters.replace(/;TZID=("[^"]*"|[^;:]*)/i, '') + ';TZID=' + zone + ':' + value;
});

const events = [];
let count = 0;
for (const event of Object.values(ical.sync.parseICS(zoned.join('\r\n')))) {
  if (!event || event.type !== 'VEVENT') continue;
  const moved = new Set(Object.values(event.recurrences ?? {}));
  if (!event.recurrenceid) add(event, event, event.rrule ? repeats(event) : [event.start.getTime()]);
  for (const each of moved) add(each, event, [each.start.getTime()]);
}
process.stdout.write(JSON.stringify(events));

function repeats(event) {
  const length = event.end - event.start + DAY;
  const isDay = event.start.dateOnly === true;
  const leftOut = new Set();
  for (const date of Object.values(event.exdate ?? {})) leftOut.add(date.dateOnly ? dayText(date) : date.getTime());
  for (const each of Object.values(event.recurrences ?? {})) {
    leftOut.add(each.recurrenceid.dateOnly ? dayText(each.recurrenceid) : each.recurrenceid.getTime());
  }
  const days = new Intl.DateTimeFormat('sv-SE', { timeZone: event.start.tz ?? own });
  const starts = [];
  for (const date of event.rrule.between(new Date(from - length), new Date(to + DAY), true)) {
    const at = isDay ? dayStart(date) : date.getTime();
    if (leftOut.size > 0 && (leftOut.has(at) || leftOut.has(isDay ? dayText(new Date(at)) : dayIn(days, at)))) continue;
    starts.push(at);
  }
  return starts;
}
function dayStart(date) {
  if (date.dateOnly) return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  return new Date(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()).getTime();
}
function dayText(date) {
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()].join('-');
}
function dayIn(days, at) {
  return days.format(at).split('-').map(Number).join('-');
}
function add(event, base, starts) {
  if (event.status === 'CANCELLED' || base.status === 'CANCELLED') return;
  const length = event.end - event.start;
  const inside = starts.filter((at) => at < to && at + length + DAY > from);
  count += inside.length;
  if (count > Number(mostText)) fail('it has more than ' + mostText + ' events in the span that is read');
  if (inside.length === 0) return;
  const summary = valueOf(event.summary ?? base.summary);
  const isSame = event.attendee === undefined && valueOf(base.summary) === summary;
  const attendees = listOf(isSame ? base.attendee : event.attendee);
  events.push({
    summary,
    attendees: attendees.filter((each) => each.params?.PARTSTAT !== 'DECLINED').map(addressOf),
    organizer: addressOf((isSame ? base.organizer : event.organizer) ?? ''),
    zone: event.start.dateOnly ? own : (event.start.tz ?? own),
    isDay: event.start.dateOnly === true,
    from: event.start.getTime(),
    to: event.end.getTime(),
    starts: inside,
  });
}
function listOf(value) {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}
function valueOf(value) {
  return String((typeof value === 'object' && value !== null ? value.val : value) ?? '').slice(0, 200);
}
function addressOf(value) {
  return valueOf(value).replace(/^mailto:/i, '').trim();
}
function fail(why) {
  process.stdout.write(JSON.stringify({ why }));
  process.exit(0);
}
`;
