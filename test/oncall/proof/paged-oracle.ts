/** Who was paged, folded from `journal export` alone: slow, and knows nothing of the code that it checks. */

interface Line {
  readonly seq: number;
  readonly at: number;
  readonly kind: string;
  readonly id: string;
  readonly type: string;
  readonly actor: string;
  readonly incident: string | null;
  readonly data: Record<string, unknown>;
}

/** One ended page: its place in the policy, its way, how and when it ended, and who answered when; as one string each. */
export function foldPaged(exported: readonly string[], incident: string): string[] {
  const lines = exported.map((line) => JSON.parse(line) as Line).filter((line) => line.incident === incident);
  const rows: string[] = [];
  for (const line of lines) {
    const outcome = /^page\.(sent|failed|superseded|unknown)$/.exec(line.type)?.[1];
    // what goes beyond the policy is asked for elsewhere
    if (outcome === undefined || line.data.why !== undefined) continue;
    const { cycle, level, round, means, people, targets } = line.data;
    const place = [cycle, level, round, means, JSON.stringify(people), JSON.stringify(targets)].join(' ');
    const asked = lines.findLast(
      ({ seq, type, data }) =>
        seq < line.seq &&
        (type === 'escalation.paged' || type === 'escalation.exhausted') &&
        data.cycle === cycle &&
        data.level === level &&
        data.round === round,
    );
    const answer = answerOf(lines, asked?.seq ?? line.seq);
    rows.push(`${place} ${outcome} ${outcome === 'sent' ? line.at : '-'} ${answer}`);
  }
  return rows.sort();
}

/** `<who> <when>` of the first person who took or resolved it after `seq`; `-` when nobody did before it was over. */
function answerOf(lines: readonly Line[], seq: number): string {
  const said = lines.find(
    (line) =>
      line.seq > seq &&
      line.kind === 'incident' &&
      ['incident.acknowledged', 'incident.assigned', 'incident.resolved', 'incident.closed'].includes(line.type),
  );
  if (said === undefined || said.type === 'incident.closed' || said.actor === 'auto') return '-';
  return `${said.actor} ${said.at}`;
}
