import type { OpsCommand } from '../../src/bot/commands/grammar.ts';
import type { Laid } from '../../src/bot/commands/laid.ts';
import type { Moment } from '../../src/bot/commands/moments.ts';
import type { Span } from '../../src/bot/commands/spans.ts';

/** The canonical line of a command: parsing it gives the same command again, wherever it is typed. */
export function printCommand(command: OpsCommand): string {
  switch (command.verb) {
    case 'help':
      return command.topic === null ? 'help' : `help ${command.topic}`;
    case 'status':
      return command.service === null ? 'status' : `status ${command.service}`;
    case 'probe':
      return [
        'probe',
        command.subject.kind === 'all' ? 'all' : command.subject.name,
        ...(command.share ? ['--share'] : []),
      ].join(' ');
    case 'restart':
      return [
        'restart',
        ...(command.service === null ? [] : [command.service]),
        ...(command.mode === null ? [] : [`mode=${command.mode}`]),
      ].join(' ');
    case 'ack':
    case 'resolve':
    case 'unsnooze':
    case 'pass-on':
    case 'need-help':
      return `${command.verb} ${command.incidents.join(' ')}`;
    case 'incident':
      return `incident ${command.incident}`;
    case 'drill':
      return `drill ${command.severity ?? ''}`;
    case 'page-test':
      return ['page-test', ...command.by].join(' ');
    case 'paged':
      return `paged ${command.incident}`;
    case 'oncall':
      return 'oncall';
    case 'open':
      return [
        'open',
        quoted(command.title),
        option('sev', command.severity),
        option('service', command.service),
        option('description', quoted(command.description)),
      ].join(' ');
    case 'note':
      return ['note', ...command.incidents.slice(0, 1), command.text ?? ''].join(' ');
    case 'severity':
      return ['severity', ...command.incidents, command.to ?? '', option('reason', command.reason)].join(' ');
    case 'assign':
      return ['assign', ...command.incidents, (command.to ?? '').replace(/^slack:/, '@')].join(' ');
    case 'add-responder':
      return ['add-responder', ...command.incidents, (command.person ?? '').replace(/^slack:/, '@')].join(' ');
    case 'escalate':
      return ['escalate', ...command.incidents, command.to ?? '', command.message ?? ''].join(' ');
    case 'still-on-it':
      return ['still-on-it', ...command.incidents, spanText(command.span)].join(' ');
    case 'unack':
      return ['unack', ...command.incidents.slice(0, 1), command.reason ?? ''].join(' ');
    case 'snooze':
      return ['snooze', ...command.incidents, spanText(command.span), option('reason', command.reason)].join(' ');
    case 'reopen':
    case 'unmerge':
      return [command.verb, ...command.incidents, quoted(command.reason)].join(' ');
    case 'merge':
      return ['merge', ...command.incidents, ...(command.into === null ? [] : ['into', command.into])]
        .concat(option('reason', command.reason))
        .join(' ');
    case 'split':
      return ['split', ...command.incidents, ...command.fingerprints, option('reason', command.reason)].join(' ');
    case 'silence':
      return `silence ${silenceText(command.what)}`;
    case 'page':
      return `oncall page ${command.to ?? ''} ${command.message ?? ''}`;
    case 'override':
      return `oncall override ${personText(command.person)} ${laidText(command.laid)}`;
    case 'swap': {
      const { person, with: other } = command;
      const named = person === 'me' ? [other] : [person, other];
      return `oncall swap ${named.map(personText).join(' ')} ${laidText(command.laid)}`;
    }
    case 'shifts':
      return `oncall shifts ${personText(command.person)}`;
    case 'overrides':
      return 'oncall overrides';
    case 'override-remove':
      return `oncall override-remove ${command.id}`;
    case 'handoff-accept':
      return `oncall accept ${command.id ?? ''}`;
    case 'simulate':
      return [
        'oncall simulate',
        command.severity,
        command.at === null ? '' : `at ${command.at}`,
        command.ackAfterSeconds === null ? '' : `ack-after ${command.ackAfterSeconds}s`,
      ].join(' ');
    case 'stats':
      return `stats ${command.seconds}s`;
    case 'blocks':
      return 'blocks';
    case 'runbook':
      return `runbook ${runbookText(command.what)}`;
    case 'leases': {
      const { what } = command;
      if (what.kind === 'list') return 'leases';
      return [`lease ${what.kind}`, what.about ?? '', spanText(what.span), option('reason', what.reason)].join(' ');
    }
    case 'remediation':
      return command.what.kind === 'list' ? 'remediation' : `remediation on ${command.what.rule ?? ''}`;
    case 'cli-token':
      return `cli-token ${tokenText(command.what)}`;
    default:
      return command satisfies never;
  }
}

function runbookText(what: Extract<OpsCommand, { verb: 'runbook' }>['what']): string {
  if (what.kind === 'list') return 'list';
  if (what.kind === 'show') return `show ${what.name}`;
  const given = Object.entries(what.given).map(([name, value]) => `${name}=${value}`);
  return ['run', what.name, ...given, ...(what.dryRun ? ['--dry-run'] : [])].join(' ');
}

function tokenText(what: Extract<OpsCommand, { verb: 'cli-token' }>['what']): string {
  if (what.kind === 'make') return `--for ${what.seconds}s`;
  return what.kind === 'list' ? 'list' : `revoke ${what.id}`;
}

function silenceText(what: Extract<OpsCommand, { verb: 'silence' }>['what']): string {
  switch (what.kind) {
    case 'list':
      return 'list';
    case 'lift':
      return `lift ${what.id}`;
    case 'extend':
      return `extend ${what.id} ${spanText(what.span)}`;
    case 'make': {
      const incident =
        what.matchers.length > 0 || what.service !== null ? option('incident', what.incident) : what.incident;
      const span = what.span === null ? '' : `--for ${spanText(what.span)}`;
      return [incident ?? '', what.service ?? '', ...what.matchers, span, option('reason', what.reason)].join(' ');
    }
    default:
      return what satisfies never;
  }
}

function personText(person: string | null): string {
  return (person ?? '').replace(/^slack:/, '@');
}

function laidText({ schedule, from, span, reason }: Laid): string {
  const begin = from === null ? '' : `from ${momentText(from)}`;
  return [begin, spanText(span), option('schedule', schedule), option('reason', reason)].join(' ');
}

function quoted(text: string | null): string {
  return text === null ? '' : `"${text}"`;
}

function option(name: string, value: string | null): string {
  return value === null || value === '' ? '' : `--${name} ${value}`;
}

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

function spanText(span: Span | null): string {
  if (span === null) return '';
  if (span.kind === 'for') return `${span.seconds}s`;
  return `until ${momentText(span)}`;
}

function momentText({ day, minute }: Moment): string {
  const time = `${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}`;
  return `${typeof day === 'number' ? DAYS[day - 1] : day === 'next' ? '' : day} ${time}`;
}
