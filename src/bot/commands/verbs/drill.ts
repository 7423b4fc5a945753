import { SEVERITIES, type Severity } from '../../../core/config/config.ts';
import { drillForm } from '../../modals/forms/drill.ts';
import { openForm } from '../../modals/open-form.ts';
import { severityOf } from '../severities.ts';
import { defineVerb } from '../verb.ts';

/** `drill [P1]`: opens the form of a drill; text alone never opens one. */
export const drillVerb = defineVerb<{ readonly verb: 'drill'; readonly severity: Severity | null }>({
  verb: 'drill',
  about: null,
  group: 'People',
  usage: 'drill [p0|p1|p2]',
  says: 'try out who answers, and how fast: an incident marked as a drill',
  examples: ['drill', 'drill p1'],
  risk: 'R2',
  who: 'admin, approver',
  aliases: ['exercise'],
  isMinor: true,
  parse: ([first, second]) => {
    if (first === undefined) return { kind: 'command', command: { verb: 'drill', severity: null } };
    const severity = severityOf(first.word);
    if (severity === null) {
      const suggestions = SEVERITIES.map((each) => each.toLowerCase());
      return { kind: 'unknown', what: 'severity', word: first.word, suggestions };
    }
    if (second !== undefined) return { kind: 'surplus', verb: 'drill', word: second.word };
    return { kind: 'command', command: { verb: 'drill', severity } };
  },
  execute: ({ severity }, asker, deps) => {
    const given: Record<string, string> = severity === null ? {} : { severity };
    return openForm(drillForm, { incident: null, version: null, given }, asker, deps);
  },
});
