import { formatDuration } from '../../core/duration.ts';
import { plain, printTime } from '../table.ts';
import type { ExplainedStep, Explanation } from './explanation.ts';
import { printStep, sameReach } from './print-step.ts';

/** An explanation for people: the decision first, then a line a moment. */
export function printExplanation(one: Explanation): string {
  const labels = Object.entries(one.labels).map(([name, value]) => `${name}=${value}`);
  const facts = decision(one).map(([word, text]) => `  ${word.padEnd(9)} ${plain(text)}`);
  return [plain(labels.join(' ')), ...facts, '', ...whatHappens(one)].map((line) => `${line}\n`).join('');
}

function decision(one: Explanation): Array<[word: string, text: string]> {
  const contact: [string, string] = ['contact', `${one.policyContact} is added to every level`];
  return [
    ['route', routeText(one)],
    ['severity', one.severity],
    ['channel', `${one.channel}${one.channelName === null ? '' : ` (${one.channelName})`}`],
    ['service', serviceText(one.service)],
    ['runbooks', one.runbooks.length === 0 ? 'none' : one.runbooks.join(', ')],
    ['incident', groupText(one)],
    ...(one.policyContact === null ? [] : [contact]),
  ];
}

function routeText({ route }: Explanation): string {
  if (route === null) return 'none matches: P2 in channel ops holds';
  const where = route.line === null ? '' : ` (routes.yml line ${route.line})`;
  return `${route.position}${where}, match: ${route.match}`;
}

function serviceText({ name, because }: Explanation['service']): string {
  if (name === null) return 'none: no actions are offered';
  switch (because) {
    case 'route':
      return `${name} (the route names it)`;
    case 'default':
      return `${name} (default_service)`;
    default:
      return `${name} (by the label ${because})`;
  }
}

function groupText({ group, channel, reopenWithin }: Explanation): string {
  const by =
    group.by === 'alertmanager'
      ? "one for each of Alertmanager's groups (receiver and group labels)"
      : `one for ${Object.entries(group.values)
          .map(([name, value]) => `${name}=${value === '' ? '(empty)' : value}`)
          .join(', ')}`;
  return `${by} in channel ${channel}; reopens within ${formatDuration(reopenWithin)}`;
}

function whatHappens(one: Explanation): string[] {
  if (one.watchdog) return ['  This is the watchdog: it proves that alerts arrive, and opens nothing.'];
  const resolves = `  resolves ${one.resolve === 'auto' ? BY_ITSELF : BY_A_PERSON}`;
  if (one.digest !== null) return [digestText(one.digest), resolves];
  return [
    `  If nobody does anything, from ${printTime(one.at)}:`,
    ...folded(one.steps).flatMap(printStep),
    `  respond by ${printTime(one.respondBy)}`,
    `  an ack stops every page${ackText(one.ackExpires)}`,
    resolves,
  ];
}

const BY_ITSELF = 'by itself, 5 quiet minutes after the last alert ended';
const BY_A_PERSON = 'by a person, reminded 30 minutes after the last alert ended';

function digestText({ at, channel }: NonNullable<Explanation['digest']>): string {
  if (at === null) return '  No thread, nobody is paged, and the daily digest is off: it is stored and listed alone.';
  return `  No thread, nobody is paged: the daily digest tells it, next at ${printTime(at)} in channel ${channel}.`;
}

/** Repeats that reach the same people stand in one line. */
function folded(steps: readonly ExplainedStep[]) {
  const lines: Array<{ first: ExplainedStep; last: ExplainedStep; times: number }> = [];
  for (const step of steps) {
    const before = lines.at(-1);
    const isSame = before !== undefined && before.first.repeat > 0 && sameReach(before.first, step);
    if (isSame) lines.splice(-1, 1, { ...before, last: step, times: before.times + 1 });
    else lines.push({ first: step, last: step, times: 1 });
  }
  return lines;
}

function ackText(ack: Explanation['ackExpires']): string {
  if (ack === null) return '';
  const ask = formatDuration(ack.askAfter);
  const owner = formatDuration(ack.askAfter + ack.pageOwnerAfter);
  const next = formatDuration(ack.askAfter + ack.pageOwnerAfter + ack.nextLevelAfter);
  return `; without a word from anybody the owner is asked after ${ask}, paged at ${owner}, the next level at ${next}, and so on`;
}
