import type { Risk } from '../../core/config/config.ts';

/** Verbs of this release, in the order help shows them (UX.md 3.13). */
export const VERBS = ['status', 'probe', 'ack', 'resolve', 'restart', 'oncall', 'incident', 'help'] as const;
export type Verb = (typeof VERBS)[number];

/** One thing that a person typed, understood. */
export type OpsCommand =
  | { readonly verb: 'help'; readonly topic: Verb | null }
  | { readonly verb: 'status'; readonly service: string | null }
  | { readonly verb: 'probe'; readonly subject: ProbeSubject; readonly share: boolean }
  | { readonly verb: 'restart'; readonly service: string | null; readonly mode: string | null }
  | { readonly verb: 'ack' | 'resolve'; readonly incidents: readonly string[] }
  | { readonly verb: 'incident'; readonly incident: string }
  | { readonly verb: 'oncall' };

export type ProbeSubject = { readonly kind: 'all' } | { readonly kind: 'service' | 'probe'; readonly name: string };

/** What is said about a verb, for parsing and for help. */
export interface VerbEntry {
  readonly group: 'Look' | 'Incidents' | 'Act' | 'People' | 'Help';
  readonly usage: string;
  readonly says: string;
  readonly examples: readonly string[];
  readonly risk: Risk;
  /** Who may, in words of CONFIG.md, Rights. */
  readonly who: string;
  readonly aliases: readonly string[];
}

const EVERYBODY = 'everybody';
const RESPONDER = 'responder, or whoever is on call now';

/** The whole grammar of this release as data. */
export const GRAMMAR: Readonly<Record<Verb, VerbEntry>> = {
  status: {
    group: 'Look',
    usage: 'status [service]',
    says: 'open incidents and how the bot itself is',
    examples: ['status', 'status gianna'],
    risk: 'R0',
    who: EVERYBODY,
    aliases: ['st', 'ls', 'ps', 'list', 'incidents', 'health', 'open'],
  },
  probe: {
    group: 'Look',
    usage: 'probe [service|probe|all] [--share]',
    says: 'check now, worst first',
    examples: ['probe', 'probe gianna', 'probe all --share'],
    risk: 'R0',
    who: EVERYBODY,
    aliases: ['check', 'probes', 'diag', 'diagnose', 'diagnosis', 'ping'],
  },
  ack: {
    group: 'Incidents',
    usage: 'ack ID…',
    says: 'take it: the pages stop',
    examples: ['ack 42', 'ack GI-42 GI-43'],
    risk: 'R1',
    who: RESPONDER,
    aliases: ['acknowledge', 'take', 'mine'],
  },
  resolve: {
    group: 'Incidents',
    usage: 'resolve ID…',
    says: 'it is over',
    examples: ['resolve 42'],
    risk: 'R1',
    who: RESPONDER,
    aliases: ['resolved', 'done', 'close', 'fixed'],
  },
  incident: {
    group: 'Incidents',
    usage: 'incident list | incident ID [ack|resolve]',
    says: 'one incident, or the list',
    examples: ['incident list', 'incident 42', 'incident 42 ack'],
    risk: 'R0',
    who: EVERYBODY,
    aliases: ['inc', 'show'],
  },
  restart: {
    group: 'Act',
    usage: 'restart [service] [mode=graceful|forced|rolling]',
    says: 'restart a service and prove that it helped; asks first',
    examples: ['restart gianna', 'restart gianna mode=forced'],
    risk: 'R2',
    who: RESPONDER,
    aliases: ['reboot', 'bounce'],
  },
  oncall: {
    group: 'People',
    usage: 'oncall',
    says: 'who is on call now and next',
    examples: ['oncall'],
    risk: 'R0',
    who: EVERYBODY,
    aliases: ['on-call', 'who', 'whois', 'duty'],
  },
  help: {
    group: 'Help',
    usage: 'help [topic]',
    says: 'this list, or one command in full',
    examples: ['help restart', 'help'],
    risk: 'R0',
    who: EVERYBODY,
    aliases: ['?', 'h', 'man', 'fix', 'usage', 'menu'],
  },
};

/** The verb that a word names, by name or quiet alias; null when it names none. Words are lower case with `-` for `_`. */
export function verbOf(word: string): Verb | null {
  for (const verb of VERBS) {
    if (verb === word || GRAMMAR[verb].aliases.includes(word)) return verb;
  }
  return null;
}
