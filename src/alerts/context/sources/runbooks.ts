import type { Config, ConfigSource } from '../../../core/config/config.ts';
import type { RunbooksPart } from '../context.ts';
import type { ContextSource, ContextSubject } from '../source.ts';

const SHOWN = 6;

/** The alert's own runbook link, and the runbooks that fit: those of its route, then those that take a service. */
export function runbookSource(config: ConfigSource): ContextSource {
  return {
    name: 'runbooks',
    title: 'Runbooks',
    gather: async (subject) => {
      const part = fittingOf(config.current(), subject);
      return part.url === null && part.fitting.length === 0 ? null : part;
    },
  };
}

function fittingOf({ runbooks }: Config, { incident, service, alert }: ContextSubject): RunbooksPart {
  const takesService = Object.values(runbooks).filter(
    ({ parameters }) => service !== null && Object.values(parameters).some(({ type }) => type === 'service'),
  );
  const names = [...new Set([...incident.runbooks, ...takesService.map(({ runbook }) => runbook)])].slice(0, SHOWN);
  const fitting = names.flatMap((name) => {
    const found = Object.hasOwn(runbooks, name) ? runbooks[name] : undefined;
    return found === undefined ? [] : [{ name, summary: found.summary, risk: found.risk }];
  });
  return { kind: 'runbooks', url: alert.annotations.runbook_url ?? null, fitting };
}
