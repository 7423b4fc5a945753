import { refuse, transient } from '../../core/errors.ts';
import { sha256 } from '../digest.ts';
import { firstLine } from '../printable.ts';
import type { ProgramResult, Shell } from '../shell.ts';

/** Properties of systemd.unit(5) and org.freedesktop.systemd1(5) that are asked for, in that order. */
const PROPERTIES = [
  'Id',
  'LoadState',
  'ActiveState',
  'SubState',
  'Result',
  'MainPID',
  'InvocationID',
  'NRestarts',
  'ExecMainCode',
  'ExecMainStatus',
  'ActiveEnterTimestamp',
  'FragmentPath',
  'NeedDaemonReload',
] as const;
type Property = (typeof PROPERTIES)[number];

/** What systemd says about one unit. */
export type UnitProperties = Readonly<Record<Property, string>>;

const LOOK = { timeoutMs: 10_000, maxBytes: 256 * 1024, env: { TZ: 'UTC', SYSTEMD_COLORS: '0', SYSTEMD_PAGER: '' } };

/** Asks for a unit by name or alias. A unit that is not there is one with `LoadState=not-found`. */
export async function showUnit(shell: Shell, unit: string): Promise<UnitProperties> {
  const argv = ['systemctl', 'show', '--no-pager', `--property=${PROPERTIES.join(',')}`, '--', unit];
  const { stdout } = await looked(shell, unit, argv);
  const properties = readProperties(stdout);
  if (properties.LoadState !== '') return properties;
  throw transient(
    'UNIT_UNKNOWN',
    `systemd on ${shell.host} said nothing about ${unit}: ${firstLine(stdout) || 'no output'}.`,
    'Run systemctl show there as the account of gianna-ops.',
  );
}

/** Refused (`UNIT_GONE`) when there is no such unit any more. */
export async function showPresentUnit(shell: Shell, unit: string): Promise<UnitProperties> {
  const properties = await showUnit(shell, unit);
  if (properties.LoadState !== 'not-found') return properties;
  throw refuse('UNIT_GONE', `There is no unit ${unit} on ${shell.host}.`, 'Plan again, or correct unit: in hosts.yml.');
}

/** A digest of the unit's files as they lie on the disk, drop-ins too. */
export async function digestOfUnit(shell: Shell, unit: string): Promise<string> {
  const { stdout } = await looked(shell, unit, ['systemctl', 'cat', '--no-pager', '--', unit]);
  return sha256(stdout);
}

async function looked(shell: Shell, unit: string, argv: readonly string[]): Promise<ProgramResult> {
  const result = await shell.run(argv, LOOK);
  if (result.exitCode === 0) return result;
  const said = result.failure ?? (firstLine(result.stderr) || `exit ${result.exitCode}`);
  throw transient(
    'UNIT_UNKNOWN',
    `systemd on ${shell.host} could not be asked about ${unit}: ${said}.`,
    'Check that the host runs systemd and that the account of gianna-ops may ask it.',
  );
}

/** `Key=value` lines; a key that this systemd does not know is empty. */
function readProperties(text: string): UnitProperties {
  const said = new Map<string, string>();
  for (const line of text.split('\n')) {
    const equals = line.indexOf('=');
    if (equals > 0) said.set(line.slice(0, equals), line.slice(equals + 1));
  }
  return Object.fromEntries(PROPERTIES.map((name) => [name, said.get(name) ?? ''])) as Record<Property, string>;
}

const STAMP = /^\w{3} (\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}) UTC$/;

/** Epoch milliseconds of `Sun 2026-11-22 14:00:00 UTC`; null when it is empty, `n/a` or something else. */
export function readStamp(text: string): number | null {
  const [, day, time] = STAMP.exec(text) ?? [];
  return day === undefined || time === undefined ? null : Date.parse(`${day}T${time}Z`);
}

const CLD_EXITED = '1';

/** Exit code of the main process as a shell counts it (128 and the signal's number); null: it has not ended. */
export function exitCodeOf({ ExecMainCode, ExecMainStatus }: UnitProperties): number | null {
  if (ExecMainCode === '' || ExecMainCode === '0') return null;
  return ExecMainCode === CLD_EXITED ? Number(ExecMainStatus) : 128 + Number(ExecMainStatus);
}
