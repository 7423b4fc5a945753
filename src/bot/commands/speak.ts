import type { Config } from '../../core/config/config.ts';
import type { Desk } from '../listen/deps.ts';
import { renderHelp } from '../render/answers/help.ts';
import { renderNotUnderstood } from '../render/answers/not-understood.ts';
import { renderThrown } from '../render/answers/refusal.ts';
import type { Asker } from './asker.ts';
import { execute } from './execute.ts';
import type { OpsCommand } from './grammar.ts';
import { parseCommand } from './parse.ts';
import { referenceOf } from './reference.ts';
import type { ParseContext } from './verb.ts';
import { threadOfPermalink, wordsOf } from './words.ts';

/** Takes what a person typed: reads it, carries it out or says why not. Never throws, never stays silent. */
export async function speak(text: string, asker: Asker, deps: Desk): Promise<void> {
  await attempt('answer', asker, deps, async () => {
    const context = await contextOf(text, asker, deps);
    const parsed = parseCommand(text, context);
    if (parsed.kind === 'command') {
      deps.counts.command(parsed.command.verb, 'answered');
      return execute(parsed.command, asker, deps);
    }
    if (parsed.kind === 'empty') return asker.answer(renderHelp(null, deps.config.current().runbooks));
    deps.counts.command('none', 'refused');
    await asker.answer(renderNotUnderstood(parsed, context.services));
  });
}

/** Carries out a command that came as a button. Never throws, never stays silent. */
export async function carryOut(command: OpsCommand, asker: Asker, deps: Desk): Promise<void> {
  await attempt(command.verb, asker, deps, () => execute(command, asker, deps));
}

async function attempt(doing: string, asker: Asker, deps: Desk, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    const reference = referenceOf(asker.key);
    deps.logger.warn({ err: error, reference, user: asker.userId }, 'command failed');
    await asker.answer(renderThrown(error, doing, reference));
  }
}

async function contextOf(text: string, asker: Asker, deps: Desk): Promise<ParseContext> {
  const config = deps.config.current();
  const incident = asker.incident === null ? null : await deps.incident(asker.incident);
  return {
    services: Object.keys(config.services),
    probes: Object.keys(config.probes),
    people: Object.keys(config.oncall.people),
    schedules: Object.keys(config.oncall.schedules),
    restartModes: config.runbooks.restart?.parameters.mode?.options ?? [],
    runbooks: Object.fromEntries(
      Object.entries(config.runbooks).map(([name, { parameters }]) => [name, Object.keys(parameters)]),
    ),
    runbookWords: runbookWords(config.runbooks),
    serviceOfThread: incident?.service ?? null,
    incidentOfThread: asker.incident,
    incidentOfLink: await linkedIncidents(text, deps),
  };
}

function runbookWords(runbooks: Config['runbooks']): ParseContext['runbookWords'] {
  return Object.fromEntries(
    Object.entries(runbooks).flatMap(([name, { word, parameters }]) => {
      if (word === null) return [];
      const takes = word.takes.map((each) => ({ name: each, isList: parameters[each]?.list === true }));
      return [[name, { aliases: word.aliases, takes }]];
    }),
  );
}

const MOST_LINKS = 5;

async function linkedIncidents(text: string, deps: Desk): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  if (text.length > 4000) return found;
  const threads = wordsOf(text)
    .map(threadOfPermalink)
    .filter((thread) => thread !== null);
  for (const thread of threads.slice(0, MOST_LINKS)) {
    const [channel = '', ts = ''] = thread.split('/');
    const incident = await deps.incidentOfThread(channel, ts);
    if (incident !== null) found.set(thread, incident);
  }
  return found;
}
