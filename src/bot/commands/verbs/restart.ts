import { closest } from '../../../core/suggest.ts';
import { openRun } from '../../modals/run/open-run.ts';
import { RESTART } from '../../modals/run/run-meta.ts';
import { resolveName } from '../names.ts';
import { readOptions } from '../options.ts';
import { defineVerb, RESPONDER } from '../verb.ts';

interface RestartCommand {
  readonly verb: 'restart';
  readonly service: string | null;
  readonly mode: string | null;
}

/** `restart [service] [mode=…]`: opens the form with the exact plan; restarts nothing by itself. */
export const restartVerb = defineVerb<RestartCommand>({
  verb: 'restart',
  about: 'service',
  group: 'Act',
  usage: 'restart [service] [mode=graceful|forced|rolling|at-once]',
  says: 'restart a service and prove that it helped; asks first',
  examples: ['restart gianna', 'restart gianna mode=forced'],
  risk: 'R2',
  who: RESPONDER,
  aliases: ['reboot', 'bounce'],
  parse: (rest, context) => {
    const { positional, options } = readOptions(rest.map(({ word }) => word));
    for (const option of options.keys()) {
      if (option === 'mode' || option === 'service') continue;
      return { kind: 'unknown', what: 'option', word: option, suggestions: closest(option, ['mode', 'service']) };
    }
    const [word = options.get('service'), surplus] = positional;
    if (surplus !== undefined) return { kind: 'surplus', verb: 'restart', word: surplus };
    const mode = options.get('mode') ?? null;
    if (mode !== null && !context.restartModes.includes(mode)) {
      return { kind: 'unknown', what: 'option', word: `mode=${mode}`, suggestions: context.restartModes };
    }
    if (word === undefined)
      return { kind: 'command', command: { verb: 'restart', service: context.serviceOfThread, mode } };
    const found = resolveName(word, context.services);
    if (found.kind !== 'name') return found;
    return { kind: 'command', command: { verb: 'restart', service: found.name, mode } };
  },
  execute: ({ service, mode }, asker, deps) => {
    const given = { ...(service === null ? {} : { service }), ...(mode === null ? {} : { mode }) };
    return openRun({ runbook: RESTART, given, incident: asker.incident, version: 0, dryRun: null }, asker, deps);
  },
});
