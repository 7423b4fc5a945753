import { userInfo } from 'node:os';
import { type Command, InvalidArgumentError } from 'commander';
import { readSilenceId } from '../../alerts/silences/ids.ts';
import { parseMatcherWords } from '../../alerts/silences/matcher.ts';
import type { Outcome } from '../../core/command.ts';
import { formatDuration, parseDuration } from '../../core/duration.ts';
import { refuse } from '../../core/errors.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { type AddCommand, type CliContext, subcommand } from '../context.ts';
import { readIncidentId } from '../ids.ts';
import type { SilenceJson, SilencePreviewJson } from '../shapes.ts';
import { plain } from '../table.ts';
import { printSilence, printSilences } from './silence-text.ts';

interface AddOptions {
  readonly for: number;
  readonly reason: string;
  readonly incident?: string;
  readonly author?: string;
  readonly dryRun?: boolean;
}

/** `silence list|add|show|extend|lift`: what is muted, muting, and hearing again. */
export const addSilence: AddCommand = (program, context) => {
  const silence = subcommand('silence', 'list silences, make one after seeing what it mutes, extend or lift it');
  for (const command of [listCommand, addCommand, showCommand, extendCommand, liftCommand]) {
    silence.addCommand(command(context));
  }
  program.addCommand(silence);
};

function listCommand(context: CliContext): Command {
  return subcommand('list', 'silences in force, made here or elsewhere, with what each mutes now').action(async () => {
    const silences = await context.read('silences', {}, (api) => api.silences());
    context.print(silences, () => printSilences(silences));
  });
}

function showCommand(context: CliContext): Command {
  return subcommand('show', 'one silence')
    .argument('<silence>', 'SIL-<n>, or the id of Alertmanager', readId)
    .action(async (id: string) => {
      const silence = await context.read('silence', { id }, (api) => api.silence(id));
      if (silence === null) throw unknown(id);
      context.print(silence, () => printSilence(silence));
    });
}

function addCommand(context: CliContext): Command {
  return subcommand('add', 'mute alerts; what they are is shown first')
    .argument('<matchers...>', 'name=value, name!=value, name=~regex or name!~regex, all of which must hold')
    .requiredOption('--for <duration>', 'how long: 30m, 2h, 1d', readDuration)
    .requiredOption('--reason <text>', 'why, 3 to 300 characters')
    .option('--incident <id>', 'the incident it is for, GI-<n>', readIncidentId)
    .option('--author <name>', 'who is named as its author; by default the user of this shell')
    .option('--dry-run', 'only show what it would mute, and whether it would be refused')
    .action((words: string[], options: AddOptions) => add(context, words, options));
}

async function add(context: CliContext, words: readonly string[], options: AddOptions): Promise<void> {
  const read = parseMatcherWords(words);
  if (read.kind === 'wrong') throw refuse('MATCHER_INVALID', `${read.text} Nothing was silenced.`, read.remedy);
  const matchers = read.matchers.map((matcher) => ({ ...matcher }));
  const wanted = { matchers, seconds: options.for, reason: options.reason };
  const about = options.incident === undefined ? {} : { incident: options.incident };
  const preview = (await context.ask('silence-preview', { ...wanted, ...about })) as unknown as SilencePreviewJson;
  const { refused } = preview;
  if (options.dryRun === true) {
    context.print(preview, () => printPreview(preview));
    return refused === null ? undefined : context.exit(1);
  }
  if (refused !== null) throw refuse(refused.code, [refused.text, ...preview.lines].join(' '), refused.remedy);
  const args = { ...wanted, author: options.author ?? userName() };
  const asked = (await context.ask('submit', { verb: 'silence', args, ...about })) as unknown as Outcome;
  if (asked.kind === 'done' && asked.run !== undefined) return printRequest(context, asked.run, preview);
  const silence = await settled(context, asked);
  context.print({ silence, preview }, () => `${printPreview(preview)}\n${printSilence(silence)}`);
}

function extendCommand(context: CliContext): Command {
  return subcommand('extend', 'let a silence last longer, counted from now')
    .argument('<silence>', 'SIL-<n>, or the id of Alertmanager', readId)
    .requiredOption('--for <duration>', 'how long from now: 30m, 2h, 1d', readDuration)
    .action(async (id: string, options: { readonly for: number }) => {
      const silence = await submit(context, 'silence-extend', { id, seconds: options.for }, {});
      context.print(silence, () => printSilence(silence));
    });
}

function liftCommand(context: CliContext): Command {
  return subcommand('lift', 'end a silence now: what still fires goes on paging')
    .argument('<silence>', 'SIL-<n>, or the id of Alertmanager', readId)
    .action(async (id: string) => {
      const silence = await submit(context, 'lift', { id }, {});
      context.print(silence, () => printSilence(silence));
    });
}

/** One person alone may not have it: it waits for a second one, as a run. */
function printRequest(context: CliContext, run: string, preview: SilencePreviewJson): void {
  const next = `See it: gianna-ops runs ${run}`;
  context.print({ run, preview }, () => {
    return `${printPreview(preview)}\nAsked for approval as ${run}; nothing is silenced before a second person agrees.\n${next}\n`;
  });
}

/** Asks the bot, and waits until Alertmanager has answered it. */
async function submit(context: CliContext, verb: string, args: JsonObject, about: JsonObject): Promise<SilenceJson> {
  return settled(context, (await context.ask('submit', { verb, args, ...about })) as unknown as Outcome);
}

async function settled(context: CliContext, outcome: Outcome): Promise<SilenceJson> {
  const id = outcome.kind === 'done' ? (outcome.silence ?? '') : '';
  const silence = (await context.ask('silence-settled', { id })) as Json as unknown as SilenceJson | null;
  if (silence === null) throw unknown(id);
  if (silence.failure === null) return silence;
  const what = silence.status === 'failed' ? 'was not made' : 'stays as it was';
  throw refuse(
    'SILENCE_FAILED',
    `${silence.id} ${what}: ${silence.failure}`,
    `Look at: gianna-ops silence show ${silence.id}`,
  );
}

function printPreview({ lines, warnings, refused, second, severity, longestSeconds }: SilencePreviewJson): string {
  const limit = longestSeconds === 0 ? [] : [`Longest for ${severity}: ${formatDuration(longestSeconds)}.`];
  const text = [...lines, ...limit, ...warnings.map((warning) => `Note: ${warning}`)].map(plain);
  const refusal = refused === null ? [] : [`Refused: ${plain(refused.text)}`, `  ${plain(refused.remedy)}`];
  const needed =
    second === null ? [] : [`Needs a second person: ${plain(second.because)}`, `  ${plain(second.remedy)}`];
  return `${[...text, ...needed, ...refusal].join('\n')}\n`;
}

function readId(text: string): string {
  const id = readSilenceId(text);
  if (id === null) throw new InvalidArgumentError('It is an id like SIL-1, or the id that Alertmanager shows.');
  return id;
}

function readDuration(text: string): number {
  const seconds = parseDuration(text);
  if (seconds === null || seconds === 0) throw new InvalidArgumentError('It is a duration such as 30m, 2h or 1d.');
  return seconds;
}

/** A user without an entry in the system's list has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}

function unknown(id: string): Error {
  return refuse('SILENCE_UNKNOWN', `There is no silence ${id}.`, 'List them with: gianna-ops silence list');
}
