import { closest } from '../../../core/suggest.ts';
import { actorOf } from '../../directory.ts';
import { LONGEST_TITLE, openIncidentForm, wrongTitle } from '../../modals/forms/open.ts';
import { openForm } from '../../modals/open-form.ts';
import { answerOf } from '../../render/answers/answer.ts';
import { renderDenied } from '../../render/answers/refusal.ts';
import { readArguments } from '../arguments.ts';
import type { Asker } from '../asker.ts';
import { resolveName } from '../names.ts';
import { outcomeWithin, outcomeWords } from '../outcome.ts';
import { saidText } from '../said.ts';
import { severityOf } from '../severities.ts';
import { defineVerb, type ParsedAs, RESPONDER, type VerbContext, type VerbDeps } from '../verb.ts';
import { whoMay } from '../who-may.ts';
import type { Word } from '../words.ts';

interface OpenCommand {
  readonly verb: 'open';
  readonly title: string | null;
  readonly severity: string | null;
  readonly service: string | null;
  readonly description: string | null;
}

const OPTIONS = { sev: 'word', severity: 'word', service: 'word', description: 'text' } as const;

/** `incident open "TITLE" --sev p1 [--service NAME]`: opens an incident by hand; what is missing opens the form. */
export const openVerb = defineVerb<OpenCommand>({
  verb: 'open',
  about: null,
  group: 'Incidents',
  usage: 'incident open "TITLE" --sev p0|p1|p2|p3 [--service NAME] [--description "TEXT"]',
  says: 'open an incident that no alert tells of',
  examples: ['incident open "checkout slow" --sev p1', 'incident open'],
  risk: 'R1',
  who: RESPONDER,
  aliases: ['declare', 'new'],
  parse,
  execute,
});

function parse(rest: readonly Word[], context: VerbContext): ParsedAs<OpenCommand> {
  const { positional, options, unknown } = readArguments(rest, OPTIONS);
  if (unknown !== null) {
    return { kind: 'unknown', what: 'option', word: unknown, suggestions: closest(unknown, Object.keys(OPTIONS)) };
  }
  const asked = options.get('sev') ?? options.get('severity');
  const severity = asked === undefined ? null : severityOf(asked);
  if (asked !== undefined && severity === null) {
    return { kind: 'unknown', what: 'severity', word: asked, suggestions: ['p0', 'p1', 'p2', 'p3'] };
  }
  const named = options.get('service');
  const found = named === undefined ? null : resolveName(named, context.services);
  if (found !== null && found.kind !== 'name') return found;
  return {
    kind: 'command',
    command: {
      verb: 'open',
      title: saidText(positional)?.replaceAll('\n', ' ') ?? null,
      severity,
      service: found?.name ?? null,
      description: options.get('description') ?? null,
    },
  };
}

async function execute(command: OpenCommand, asker: Asker, deps: VerbDeps): Promise<void> {
  const { title, severity } = command;
  const facts = Object.entries(command).filter(([name, value]) => name !== 'verb' && value !== null);
  const args = Object.fromEntries(facts) as Record<string, string>;
  if (title === null || severity === null || wrongTitle(title) !== null) {
    const given = title === null ? args : { ...args, title: title.slice(0, LONGEST_TITLE) };
    return openForm(openIncidentForm, { incident: null, version: null, given }, asker, deps);
  }
  const permission = await deps.roles.may(asker.userId, 'R1', null);
  if (!permission.allowed) {
    deps.counts.command('open', 'refused');
    return asker.answer(renderDenied(openIncidentForm.doing, permission, await whoMay(deps, permission)));
  }
  const by = actorOf(asker.userId);
  const { outcome, duplicate } = await deps.submit(`${asker.key}|open`, {
    v: 1,
    verb: 'open',
    by,
    at: deps.clock.now(),
    via: asker.via,
    args,
  });
  deps.counts.command('open', duplicate ? 'duplicate' : 'taken');
  await asker.taken();
  const ended = await outcomeWithin(outcome, deps.clock);
  await asker.answer(answerOf([outcomeWords('Incident', ended, deps.directory.nameOf)]));
}
