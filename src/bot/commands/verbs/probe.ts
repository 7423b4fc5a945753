import type { Desk } from '../../listen/deps.ts';
import { renderProbeReport } from '../../render/answers/probe.ts';
import { resolveName } from '../names.ts';
import { readOptions } from '../options.ts';
import { defineVerb, EVERYBODY } from '../verb.ts';
import { nameOfWord } from '../words.ts';

type ProbeSubject = { readonly kind: 'all' } | { readonly kind: 'service' | 'probe'; readonly name: string };

interface ProbeCommand {
  readonly verb: 'probe';
  readonly subject: ProbeSubject;
  readonly share: boolean;
}

/** `probe [service|probe|all] [--share]`: looks now and reports, worst first. */
export const probeVerb = defineVerb<ProbeCommand>({
  verb: 'probe',
  about: 'service',
  group: 'Look',
  usage: 'probe [service|probe|all] [--share]',
  says: 'check now, worst first',
  examples: ['probe', 'probe gianna', 'probe all --share'],
  risk: 'R0',
  who: EVERYBODY,
  aliases: ['check', 'probes', 'diag', 'diagnose', 'diagnosis', 'ping'],
  parse: (rest, context) => {
    const { positional, options } = readOptions(rest.map(({ word }) => word));
    const share = options.has('share') && options.get('share') !== 'false';
    const word = positional[0] ?? options.get('service') ?? context.serviceOfThread;
    if (word === null || nameOfWord(word) === 'all') {
      return { kind: 'command', command: { verb: 'probe', subject: { kind: 'all' }, share } };
    }
    const found = resolveName(word, [...context.services, ...context.probes]);
    if (found.kind !== 'name') return found;
    const kind = context.services.includes(found.name) ? 'service' : 'probe';
    return { kind: 'command', command: { verb: 'probe', subject: { kind, name: found.name }, share } };
  },
  execute: async ({ subject, share }, asker, deps) => {
    await asker.taken();
    const since = deps.clock.monotonicMs();
    const results = await deps.runProbes(probeNames(subject, deps));
    const seconds = (deps.clock.monotonicMs() - since) / 1000;
    const report = renderProbeReport(subject.kind === 'all' ? null : subject.name, results, seconds);
    // A result asked for in an incident's thread belongs to the thread.
    await (share || asker.incident !== null ? asker.share(report) : asker.answer(report));
  },
  pressed: (subject) => ({ verb: 'probe', subject: subject ?? { kind: 'all' }, share: false }),
});

function probeNames(subject: ProbeSubject, deps: Pick<Desk, 'config'>): readonly string[] {
  const config = deps.config.current();
  if (subject.kind === 'all') return Object.keys(config.probes);
  return subject.kind === 'probe' ? [subject.name] : (config.services[subject.name]?.probes ?? []);
}
