import type { OpsCommand } from '../../src/bot/commands/grammar.ts';

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
      return `${command.verb} ${command.incidents.join(' ')}`;
    case 'incident':
      return `incident ${command.incident}`;
    case 'oncall':
      return 'oncall';
    case 'stats':
      return `stats ${command.seconds}s`;
    default:
      return command satisfies never;
  }
}
