import * as z from 'zod';
import type { Shell } from '../../hosts/shell.ts';
import { isSecretRef } from '../secret-ref.ts';
import { pathField, secretField, textField, variableField } from './fields.ts';
import { editOf, type FileBody } from './file/body.ts';
import { backupOf, changeFile } from './file/carry-out.ts';
import { describeChange, type Present } from './file/describe.ts';
import { applyEdit } from './file/edit.ts';
import { readState } from './file/read.ts';
import { blockedStep, findShells, hostChanges, hostTarget } from './on-hosts.ts';
import { orRefused } from './or-refused.ts';
import type { PreparedStep, StepInput, StepKind, StepPlanDeps } from './step.ts';

const DEFAULT_TIMEOUT_MS = 30_000;
const LONGEST_CONTENT = 256 * 1024;
/** Of a file's name, so that backup and temporary file beside it have room for theirs. */
const LONGEST_NAME = 140;
const account = '([A-Za-z_][A-Za-z0-9_.-]{0,40}|[0-9]{1,10})';

/** Writes a file on each host: the plan shows the diff, the former content stays beside it, undoing puts it back. */
export const fileStep: StepKind<FileBody> = {
  kind: 'file',
  says: 'Writes a file, or changes a part of it; keeps the former content beside it.',
  body: (value) =>
    z
      .strictObject({
        path: value(
          pathField.refine((path) => (path.split('/').at(-1) ?? '').length <= LONGEST_NAME, 'is too long'),
        ).describe('Absolute path; not a link.'),
        content: value(secretField)
          .optional()
          .describe('The whole new content; the file is made when it is not there.'),
        replace: z
          .strictObject({
            from: value(textField.refine((text) => text !== '', 'must not be empty')).describe(
              'Text as it stands there.',
            ),
            to: value(secretField).describe('What takes its place.'),
            count: z.int().min(1).default(1).describe('How often it must stand there.'),
          })
          .optional()
          .describe('Replaces a text, as it is, without patterns.'),
        set: z
          .record(variableField, value(secretField))
          .refine((values) => Object.keys(values).length > 0, 'must name at least one variable')
          .optional()
          .describe('Sets NAME=value lines of an env-file; the other lines stay.'),
        quotes: z.enum(['none', 'single']).default('none').describe('How set writes values.'),
        mode: value(textField.refine((mode) => /^0?[0-7]{3,4}$/.test(mode), 'must be a mode such as 0640'))
          .optional()
          .describe('Mode; else it stays, and is 0644 for a new file.'),
        owner: value(
          textField.refine((name) => new RegExp(`^${account}(:${account})?$`).test(name), 'must be user:group'),
        )
          .optional()
          .describe('user or user:group; else it stays.'),
        show: z.enum(['diff', 'digest']).default('diff').describe('What the plan shows of the change.'),
      })
      .refine(
        ({ content, replace, set }) => [content, replace, set].filter((each) => each !== undefined).length === 1,
        'has exactly one of content, replace and set',
      )
      .refine(
        ({ content }) => typeof content !== 'string' || Buffer.byteLength(content) <= LONGEST_CONTENT,
        'holds more than 256 KiB of content',
      ),
  needsHosts: true,
  mutates: () => true,
  isIdempotent: ({ replace }) => replace === undefined,
  results: ['changed', 'digest', 'backup'],
  plan,
};

async function plan(body: FileBody, input: StepInput, { shellOf }: StepPlanDeps): Promise<PreparedStep> {
  const planned = { id: input.id, kind: 'file', target: `${body.path} on ${input.hosts.join(', ')}`, mutates: true };
  const found = findShells(input.hosts, shellOf);
  if (found.kind === 'blocked') return blockedStep(planned, found.blockedBy);
  const looked = await Promise.all(found.shells.map((shell) => look(shell, body)));
  const blockedBy = looked.flatMap(({ host, ...seen }) =>
    'why' in seen ? [{ kind: 'file', reason: `${host}: ${seen.why}` }] : [],
  );
  if (blockedBy.length > 0) return blockedStep(planned, blockedBy);
  const seen = looked.flatMap((each) => ('present' in each ? [each] : []));
  const timeoutMs = input.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  return {
    planned: {
      ...planned,
      call: sayCalls(seen),
      effect: sayEffect(seen),
      undo: `the former content is put back from ${backupOf(body.path, `<run>-${input.id}`)}, if nobody has changed it since`,
    },
    targets: seen.map(({ host, present }) => hostTarget(host, 'file', `file:${present.path}`)),
    facts: seen.map(({ host, present }) => factsOf(host, present)),
    changes: hostChanges(input.hosts),
    probes: [],
    blockedBy: [],
    units: seen.map(({ host, present }) => ({
      name: host,
      run: orRefused((deps) => changeFile(deps.shellOf(host), { body, present, timeoutMs }, deps)),
    })),
  };
}

interface Seen {
  readonly host: string;
  readonly present: Present;
  readonly says: string;
}

async function look(shell: Shell, body: FileBody): Promise<Seen | { readonly host: string; readonly why: string }> {
  const { host } = shell;
  const state = await readState(shell, body.path);
  if (state.kind === 'unfit') return { host, why: state.reason };
  // A secret's value is not known yet: any text shows whether the change fits.
  const edit = editOf(body, (field) => (isSecretRef(field) ? 'x' : field));
  const edited = applyEdit(state.kind === 'file' ? state.bytes : null, edit);
  if (edited.kind === 'cannot') return { host, why: `${state.path}: ${edited.why}` };
  return { host, present: state, says: describeChange(body, state, edited.text) };
}

/** What is the same on several hosts is said once. */
function sayCalls(seen: readonly Seen[]): string {
  const hosts = new Map<string, string[]>();
  for (const { host, says } of seen) hosts.set(says, [...(hosts.get(says) ?? []), host]);
  return [...hosts].map(([says, names]) => `${names.join(', ')}: ${says}`).join('\n');
}

function sayEffect(seen: readonly Seen[]): string {
  const made = seen.filter(({ present }) => present.kind === 'absent').map(({ host }) => host);
  const linked = seen.filter(({ present }) => present.kind === 'file' && present.links > 1).map(({ host }) => host);
  return [
    'the file is replaced in one step; mode and owner stay unless named',
    ...(made.length === 0 ? [] : [`made anew on ${made.join(', ')}`]),
    ...(linked.length === 0 ? [] : [`other names of the same file keep the former content on ${linked.join(', ')}`]),
  ].join('; ');
}

function factsOf(host: string, present: Present): Readonly<Record<string, string>> {
  if (present.kind === 'absent') return { host, path: present.path, content: 'absent' };
  const { path, digest, mode, owner } = present;
  return { host, path, content: `sha256:${digest}`, mode, owner };
}
