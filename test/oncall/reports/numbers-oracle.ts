/** The numbers of a window, counted the slow and plain way from raw rows. Knows nothing of the program. */
export interface EventRow {
  readonly at: number;
  readonly type: string;
  readonly actor: string;
  readonly incident: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}
export interface PageRow {
  readonly askedAt: number;
  readonly state: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const P = ['P0', 'P1', 'P2', 'P3'];

export function countByHand(
  events: readonly EventRow[],
  pages: readonly PageRow[],
  alertnames: ReadonlyMap<string, string>,
  since: number,
  until: number,
  zone: string,
) {
  const inside = (at: number) => at >= since && at < until;
  const ids = [...new Set(events.map(({ incident }) => incident))].filter((id) => id !== null);
  const times: Record<string, Record<string, number[]>> = { acknowledge: {}, mitigate: {}, resolve: {} };
  const noise: Record<string, { incidents: number; acknowledged: number; byItself: number; again: number }> = {};
  const opened: Record<string, number> = { P0: 0, P1: 0, P2: 0, P3: 0 };
  const perDay: Record<string, number> = {};
  for (const id of ids) {
    const own = events.filter(({ incident }) => incident === id);
    const starts = own.flatMap(({ type }, index) => (/opened$/.test(type) ? [index] : []));
    for (const [turn, start] of starts.entries()) {
      const span = own.slice(start, starts[turn + 1] ?? own.length);
      const severityAt = (index: number) =>
        own
          .slice(0, start + index + 1)
          .map(({ data, type }) =>
            type === 'incident.opened' ? data.severity : /severity-(raised|changed)$/.test(type) ? data.to : null,
          )
          .filter((each) => each !== null)
          .at(-1) as string;
      const note = (kind: string, isIt: (event: EventRow) => boolean) => {
        const index = span.findIndex(isIt);
        const event = span[index];
        const begin = span[0];
        if (event === undefined || begin === undefined || !inside(event.at)) return;
        const list = times[kind] as Record<string, number[]>;
        const severity = severityAt(index);
        list[severity] = [...(list[severity] ?? []), (event.at - begin.at) / 1000];
      };
      note('acknowledge', ({ type }) => type === 'incident.acknowledged' || type === 'incident.assigned');
      note('mitigate', ({ type, data }) => {
        return type === 'incident.recovered' || (type === 'run.ended' && data.verdict === 'fixed');
      });
      note('resolve', ({ type }) => type === 'incident.resolved');
    }
    const now = own.filter(({ at }) => inside(at));
    const open = now.find(({ type }) => type === 'incident.opened');
    const last = now.filter(({ type }) => type === 'incident.resolved').at(-1);
    const name = alertnames.get(id) ?? '';
    const row = noise[name] ?? { incidents: 0, acknowledged: 0, byItself: 0, again: 0 };
    noise[name] = row;
    row.again += now.filter(({ type }) => /refired$|reopened$/.test(type)).length;
    if (open === undefined) continue;
    row.incidents += 1;
    if (now.some(({ type }) => /acknowledged$|assigned$/.test(type))) row.acknowledged += 1;
    if (last?.actor === 'auto') row.byItself += 1;
    const severity = String(open.data.severity);
    opened[severity] = (opened[severity] ?? 0) + 1;
    const day = new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(open.at);
    perDay[`${day} ${severity}`] = (perDay[`${day} ${severity}`] ?? 0) + 1;
  }
  const spreads = Object.fromEntries(
    Object.entries(times).map(([kind, lists]) => [kind, Object.fromEntries(P.map((p) => [p, spread(lists[p] ?? [])]))]),
  );
  const heard = new Set<string>();
  const people: Record<string, number> = {};
  for (const { askedAt, state, data } of pages) {
    if (!inside(askedAt) || state !== 'done') continue;
    for (const person of data.people as string[]) {
      const key = `${data.incident} ${data.cycle} ${data.level} ${data.round} ${person}`;
      if (!heard.has(key)) people[person] = (people[person] ?? 0) + 1;
      heard.add(key);
    }
  }
  return { times: spreads, noise, opened, perDay, people };
}

/** A value is the p-quantile when at most a share of p lies below it and it is the least such that p is reached. */
function spread(values: number[]) {
  const reaches = (share: number) => {
    const fit = values.filter((value) => values.filter((other) => other <= value).length >= share * values.length);
    return fit.length === 0 ? null : Math.min(...fit);
  };
  return { n: values.length, p50: reaches(0.5), p90: reaches(0.9) };
}
