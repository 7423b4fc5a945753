import type { PageRequest } from '../../oncall/page.ts';
import type { Channels } from './channels.ts';
import type { Facts } from './facts.ts';
import type { Folds } from './folds.ts';
import type { Job, Jobs } from './jobs.ts';
import { keyOf } from './keys.ts';
import type { Line } from './queue.ts';
import type { SentMessages } from './sent.ts';
import type { Storms } from './storms.ts';
import { isAlone, type WantedPages } from './wanted-pages.ts';

/** The event that a thread was opened, or turned out not to be wanted. */
export function threadEvent(incident: string): string {
  return `thread|${incident}`;
}

/** The event that every thread of a channel's storm is open. */
export function calmEvent(word: string): string {
  return `calm|${word}`;
}

const FREE: Line = { kind: 'free' };
const POST = 'chat.postMessage';
/** Besides the one that is always kept back. */
const FOR_ROSTERS = 2;
/** A reply leaves what a new thread or a page needs. */
const FOR_THREADS = 1;

/** What a message waits for before it is worth rendering: known from what is in memory, without asking anybody. */
export function createLineOf(deps: {
  jobs: Jobs;
  sent: SentMessages;
  facts: Facts;
  storms: Storms;
  channels: Channels;
  pages: WantedPages;
  folds: Folds;
  slackIdOf: (person: string | undefined) => string | null;
}): (job: Job) => Line {
  const { sent, storms } = deps;

  function ofReply(job: Job): Line {
    const parent = sent.get(keyOf('parent', job.id));
    if (parent === null) return deps.jobs.get(keyOf('parent', job.id)) === undefined ? FREE : thread(job.id);
    if (sent.get(job.key)?.thread === parent.ts) return edit(job);
    const word = deps.facts.get(job.id)?.word;
    if (word !== undefined && storms.of(word) !== null) return { kind: 'event', name: calmEvent(word) };
    return { ...post(job, parent.channel), spare: FOR_THREADS };
  }

  function ofPage(job: Job): Line {
    const request = deps.pages.get(job.id)?.effect.data as PageRequest | undefined;
    if (request === undefined) return FREE;
    if (request.means === 'dm') {
      const user = deps.slackIdOf(request.people[0]);
      if (user === null) return FREE;
      const restMs = isAlone(request) ? 0 : deps.folds.restMs(request.people[0] ?? '', job.severity);
      return { ...post(job, user), key: `page|${user}`, isSerial: true, restMs };
    }
    const word = deps.facts.get(request.incident)?.word;
    if (word !== undefined && storms.of(word) !== null && !isAlone(request))
      return { kind: 'tokens', key: `page|${word}`, gate: null, isSerial: true };
    const parent = sent.get(keyOf('parent', request.incident));
    if (parent !== null) return post(job, parent.channel);
    return deps.jobs.get(keyOf('parent', request.incident)) === undefined ? FREE : thread(request.incident);
  }

  function ofParent(job: Job): Line {
    const known = deps.facts.get(job.id);
    if (known?.isThreadless === true) return FREE;
    const line = opening(job, known?.word, 'post');
    const gatherMs = known === undefined ? 0 : storms.gatherMs(known.word);
    if (gatherMs > 0 && line.kind === 'tokens' && line.gate?.method === POST) return { ...line, restMs: gatherMs };
    const restMs = known === undefined ? 0 : storms.firstRosterMs(known.word);
    if (restMs === 0 || line.kind !== 'tokens' || line.gate?.method !== POST) return line;
    // a P0 goes on, but for the tokens that rosters need at the beginning
    const gate = { ...line.gate, isUrgent: false };
    return { ...line, gate, spare: FOR_ROSTERS, restMs: job.severity === 'P0' ? 0 : restMs };
  }

  function opening(job: Job, word: string | undefined, line: string): Line {
    if (sent.get(job.key) !== null) return edit(job);
    if (word === undefined) return FREE;
    const channel = deps.channels.known(word);
    // one at a time, until it is known where the word leads
    if (channel === null) return { kind: 'tokens', key: `${line}|${word}`, gate: null, isSerial: true };
    return { ...post(job, channel), key: `${line}|${channel}` };
  }

  return (job) => {
    switch (job.kind) {
      case 'parent':
        return ofParent(job);
      case 'roster':
        return opening(job, storms.roster(job.id)?.storm.word, 'roster');
      case 'timeline':
      case 'evidence':
        return ofReply(job);
      case 'page':
        return ofPage(job);
      case 'over':
        return edit(job);
      case 'run':
      case 'asking':
        return sent.get(job.key) === null ? FREE : edit(job);
      case 'ring':
      case 'notice':
        return FREE;
      default:
        return job.kind satisfies never;
    }
  };
}

function isUrgent(job: Job): boolean {
  return job.kind === 'page' || job.kind === 'roster' || (job.kind === 'parent' && job.severity === 'P0');
}

function post(job: Job, channel: string): Extract<Line, { kind: 'tokens' }> {
  const gate = { method: POST, channel, isUrgent: isUrgent(job) };
  return { kind: 'tokens', key: `post|${channel}`, gate, isSerial: false };
}

function edit(job: Job): Line {
  const gate = { method: 'chat.update', channel: '', isUrgent: isUrgent(job) };
  return { kind: 'tokens', key: 'edit', gate, isSerial: false };
}

function thread(incident: string): Line {
  return { kind: 'event', name: threadEvent(incident) };
}
