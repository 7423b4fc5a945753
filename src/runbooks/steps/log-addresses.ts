import * as z from 'zod';
import { transient } from '../../core/errors.ts';
import { firstLine } from '../../hosts/printable.ts';
import type { Shell } from '../../hosts/shell.ts';
import { lineField, pathField } from './fields.ts';
import { readAddress } from './firewall/address.ts';
import { whyNever } from './firewall/lock-out.ts';
import { blockedStep, findShells, hostTarget } from './on-hosts.ts';
import { orRefused } from './or-refused.ts';
import { printWord } from './printed.ts';
import type { PreparedStep, StepInput, StepKind, StepPlanDeps, StepRunDeps, UnitOutcome } from './step.ts';

interface Body {
  readonly file: string;
  readonly match: string;
  readonly lines: number;
  readonly least: number;
  readonly most: number;
}

const LIMITS = { timeoutMs: 30_000, maxBytes: 8 * 1024 * 1024 };
/** The last lines of a file that hold a text, as it stands; a text is no pattern, and neither is an option. */
export const SEARCH_LOG = 'tail -n "$1" -- "$2" | { grep -F -e "$3" || [ $? -eq 1 ]; }';
const TOKEN = /[0-9a-f:.]{3,45}/gi;

/** Finds the addresses that stand most often in lines of a log; those that may never be blocked are left out. */
export const logAddressesStep: StepKind<Body> = {
  kind: 'log.addresses',
  says: 'Finds the addresses that stand most often in lines of a log file on hosts.',
  body: (value) =>
    z.strictObject({
      file: value(pathField).describe('The log, by its path.'),
      match: value(lineField).describe('What its lines must hold, as it stands.'),
      lines: value(z.number().int().min(1).max(1_000_000)).default(50_000).describe('Of how many of its last lines.'),
      least: value(z.number().int().min(1)).default(20).describe('An address counts from so many lines on.'),
      most: value(z.number().int().min(1).max(100)).default(10).describe('The first so many.'),
    }),
  needsHosts: true,
  mutates: () => false,
  isIdempotent: () => true,
  results: ['addresses', 'top', 'count'],
  plan,
};

async function plan(body: Body, input: StepInput, { shellOf }: StepPlanDeps): Promise<PreparedStep> {
  const planned = { id: input.id, kind: 'log.addresses', target: input.hosts.join(', '), mutates: false };
  const found = findShells(input.hosts, shellOf);
  if (found.kind === 'blocked') return blockedStep(planned, found.blockedBy);
  const call = `tail -n ${body.lines} -- ${printWord(body.file)} | grep -F -e ${printWord(body.match)}`;
  return {
    planned: { ...planned, call, effect: 'looks, changes nothing', undo: null },
    targets: input.hosts.map((host) => hostTarget(host)),
    facts: [],
    changes: [],
    probes: [],
    blockedBy: [],
    // all hosts together: what counts is the sum
    units: [{ name: '-', run: orRefused((deps) => search(input.hosts, body, deps)) }],
  };
}

async function search(hosts: readonly string[], body: Body, deps: StepRunDeps): Promise<UnitOutcome> {
  const texts = await Promise.all(hosts.map((host) => linesOn(deps.shellOf(host), body, deps)));
  const counts = new Map<string, number>();
  for (const line of texts.flatMap((text) => text.split('\n'))) {
    for (const address of addressesIn(line)) counts.set(address, (counts.get(address) ?? 0) + 1);
  }
  const top = [...counts]
    .filter(([, count]) => count >= body.least)
    .sort(([one, ones], [other, others]) => others - ones || one.localeCompare(other))
    .slice(0, body.most);
  const told = top.map(([address, count]) => `${address} (${count})`).join(', ');
  return {
    status: 'done',
    summary: top.length === 0 ? `no address stands in ${body.least} such lines or more` : told,
    results: { addresses: top.map(([address]) => address).join(' '), top: told, count: top.length },
  };
}

async function linesOn(shell: Shell, { file, match, lines }: Body, { signal }: StepRunDeps): Promise<string> {
  const argv = ['sh', '-c', SEARCH_LOG, 'gianna-ops', String(lines), file, match];
  const result = await shell.run(argv, { ...LIMITS, signal });
  if (result.exitCode === 0 && result.stderr.trim() === '') return result.stdout;
  const why = result.failure ?? (firstLine(result.stderr) || `exit ${result.exitCode}`);
  throw transient('LOG_UNREADABLE', `${file} on ${shell.host} cannot be read: ${why}.`, 'Name a log that is there.');
}

/** Each address of a line once, in its canonical form; what may never be blocked, and private ones, are left out. */
function addressesIn(line: string): ReadonlySet<string> {
  const found = (line.match(TOKEN) ?? []).flatMap((token) => {
    const read = readAddress(token.replace(/^[.:](?!:)|(?<!:)[.:]$/g, ''));
    return read.kind === 'address' && whyNever(read.address, false) === null ? [read.address.text] : [];
  });
  return new Set(found);
}
