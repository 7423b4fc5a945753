import type { Severity } from '../../../core/config/config.ts';
import { wrongReason } from '../../modals/form-fields.ts';
import { severityForm } from '../../modals/forms/severity.ts';
import { readArguments } from '../arguments.ts';
import { changeOrAsk } from '../change-or-ask.ts';
import { saidReason } from '../said.ts';
import { severityOf } from '../severities.ts';
import { readTargets } from '../targets.ts';
import { defineVerb, RESPONDER } from '../verb.ts';

interface SeverityCommand {
  readonly verb: 'severity';
  readonly incidents: readonly string[];
  readonly to: Severity | null;
  readonly reason: string | null;
}

/** `severity ID p1 REASON`: changes how bad it is. */
export const severityVerb = defineVerb<SeverityCommand>({
  verb: 'severity',
  about: 'incident',
  group: 'Incidents',
  usage: 'severity ID p0|p1|p2|p3 REASON',
  says: 'change how bad it is; a raise pages at once',
  examples: ['severity 42 p0 nobody can pay', 'sev 42 p2 only the preview is slow'],
  risk: 'R1',
  who: RESPONDER,
  aliases: ['sev', 'prio', 'priority'],
  parse: (rest, context) => {
    const targets = readTargets('severity', rest, context);
    if (targets.kind !== 'targets') return targets;
    const { positional, options, unknown } = readArguments(targets.rest, { reason: 'text' });
    if (unknown !== null) return { kind: 'unknown', what: 'option', word: unknown, suggestions: ['reason'] };
    const [first, ...words] = positional;
    const to = first === undefined ? null : severityOf(first.word);
    if (first !== undefined && to === null) {
      return { kind: 'unknown', what: 'severity', word: first.word, suggestions: ['p0', 'p1', 'p2', 'p3'] };
    }
    const reason = saidReason(options.get('reason'), words);
    return { kind: 'command', command: { verb: 'severity', incidents: targets.incidents, to, reason } };
  },
  execute: ({ incidents, to, reason }, asker, deps) => {
    const isWhole = to !== null && reason !== null && wrongReason(reason) === null;
    return changeOrAsk(
      severityForm,
      { incidents, args: isWhole ? { to, reason } : null, given: { to, reason } },
      asker,
      deps,
    );
  },
});
