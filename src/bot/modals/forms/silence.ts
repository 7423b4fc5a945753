import type { KnownBlock } from '@slack/types';
import type { SilenceMatcher } from '../../../alerts/alertmanager.ts';
import { parseMatchers, printMatcher } from '../../../alerts/silences/matcher.ts';
import type { SilencePreview, SilenceRefusal, SilenceRequest } from '../../../alerts/silences/request.ts';
import { formatDuration } from '../../../core/duration.ts';
import { silenceWords } from '../../commands/silence-words.ts';
import { CHOICES } from '../../commands/spans.ts';
import type { Desk } from '../../listen/deps.ts';
import { foreign } from '../../mrkdwn.ts';
import type { FormSpec, FormSubject } from '../form.ts';
import { aboutField, LONGEST_REASON, selectField, textField, wrongReason } from '../form-fields.ts';
import { lengthChoices } from './snooze.ts';

const MOST_TEXT = 3_000;
/** Slack waits three seconds for what a submitted form comes to. */
const PREVIEW_PATIENCE_MS = 1_800;
const FIELD: Readonly<Record<SilenceRefusal['field'], string>> = {
  matchers: 'matchers',
  duration: 'seconds',
  reason: 'reason',
  incident: 'matchers',
};

/** Mutes alerts in Alertmanager, after showing which they are and would have been. */
export const silenceForm: FormSpec = {
  verb: 'silence',
  title: 'Silence alerts',
  doing: 'Silencing',
  submits: () => 'Silence',
  right: 'R1',
  about: 'either',
  notWhen: ['closed'],
  mainField: 'matchers',
  fields: async (subject, deps) => {
    const { incident, given } = subject;
    const matchers = given.matchers ?? (await prefilled(subject, deps));
    const preview = await previewOf(matchers, subject, deps);
    return [
      ...(incident === null ? [] : [aboutField(incident)]),
      textField({
        name: 'matchers',
        label: 'Alerts whose labels match all of these',
        max: MOST_TEXT,
        initial: matchers,
        isMultiline: true,
        redraws: true,
        hint: 'One a line: alertname="ApiSlow", instance=~"web-.*", severity!="critical".',
      }),
      selectField({
        name: 'seconds',
        label: 'For how long',
        choices: lengthChoices(choicesWithin(preview), given.seconds),
        initial: given.seconds,
        redraws: true,
      }),
      textField({ name: 'reason', label: 'Reason', max: LONGEST_REASON, initial: given.reason }),
      ...previewBlocks(preview),
    ];
  },
  read: async (values, subject, deps) => {
    const reason = values.text('reason');
    const seconds = Number(values.text('seconds'));
    const why = wrongReason(reason);
    const read = parseMatchers(values.text('matchers'));
    const errors = {
      ...(read.kind === 'ok' ? {} : { matchers: `${read.text} ${read.remedy}` }),
      ...(Number.isSafeInteger(seconds) && seconds > 0 ? {} : { seconds: 'Choose how long.' }),
      ...(why === null ? {} : { reason: why }),
    };
    if (read.kind === 'wrong' || Object.keys(errors).length > 0) return { kind: 'wrong', errors };
    const refused = await refusalWithin(requestOf(read.matchers, seconds, reason, subject), deps);
    if (refused !== null) {
      return { kind: 'wrong', errors: { [FIELD[refused.field]]: `${refused.text} ${refused.remedy}` } };
    }
    const matchers = read.matchers.map((matcher) => ({ ...matcher }));
    return { kind: 'ask', args: { matchers, seconds, reason } };
  },
  told: silenceWords,
};

/** One matcher a line, as the form shows them. */
export function matcherLines(matchers: readonly SilenceMatcher[]): string {
  return matchers.map(printMatcher).join('\n');
}

async function prefilled({ incident }: FormSubject, deps: Desk): Promise<string> {
  return incident === null ? '' : matcherLines(await deps.silences.prefill(incident.id));
}

function requestOf(
  matchers: readonly SilenceMatcher[],
  seconds: number,
  reason: string,
  { incident }: FormSubject,
): SilenceRequest {
  return { matchers, seconds, reason, ...(incident === null ? {} : { incident: incident.id }) };
}

type Shown = SilencePreview | { readonly problem: string } | null;

/** What the matchers mute; null: there are none yet. Length and reason are not looked at before the form is submitted. */
async function previewOf(text: string, subject: FormSubject, deps: Desk): Promise<Shown> {
  if (text.trim() === '') return null;
  const read = parseMatchers(text);
  if (read.kind === 'wrong') return { problem: `${read.text} ${read.remedy}` };
  const chosen = Number(subject.given.seconds);
  const seconds = Number.isSafeInteger(chosen) && chosen > 0 ? chosen : (CHOICES[0] ?? 0);
  return deps.silences.preview(requestOf(read.matchers, seconds, subject.given.reason ?? 'not said yet', subject));
}

/** Why it would be refused; null also when that could not be learnt in time: it is decided again once it is stored. */
async function refusalWithin(request: SilenceRequest, deps: Desk): Promise<SilenceRefusal | null> {
  const late = new Promise<null>((resolve) => deps.clock.after(PREVIEW_PATIENCE_MS, () => resolve(null)));
  const preview = await Promise.race([deps.silences.preview(request), late]);
  return preview?.refused ?? null;
}

function choicesWithin(preview: Shown): readonly number[] {
  if (preview === null || 'problem' in preview || preview.longestSeconds === 0) return CHOICES;
  const fitting = CHOICES.filter((seconds) => seconds <= preview.longestSeconds);
  return fitting.length === 0 ? [preview.longestSeconds] : fitting;
}

function previewBlocks(preview: Shown): KnownBlock[] {
  return [
    {
      type: 'section',
      block_id: 'preview',
      text: { type: 'mrkdwn', text: previewText(preview), verbatim: true },
      accessory: {
        type: 'button',
        action_id: 'value',
        text: { type: 'plain_text', text: 'Look again' },
        accessibility_label: 'Show again what these matchers mute',
      },
    },
  ];
}

function previewText(preview: Shown): string {
  if (preview === null) return 'Write a matcher to see what it mutes.';
  if ('problem' in preview) return `⛔ ${foreign(preview.problem, 400)}`;
  const { lines, warnings, refused, second, severity, longestSeconds } = preview;
  const [now = '', ...week] = lines.map((line) => foreign(line, 300));
  const limit =
    longestSeconds === 0 ? '' : `At most ${formatDuration(longestSeconds)}, because ${severity} is concerned.`;
  const notes = warnings.map((warning) => `⚠️ ${foreign(warning, 300)}`);
  // without a reason it cannot be asked for anyway
  const isFinal = refused !== undefined && refused.field !== 'reason';
  const refusal = isFinal
    ? [`⛔ *Would be refused:* ${foreign(refused.text, 400)} ${foreign(refused.remedy, 300)}`]
    : [];
  const needed =
    second === undefined
      ? []
      : [
          `🔐 *A second person must agree:* ${foreign(second.because, 400)} ${foreign(second.remedy, 300)}`,
          `Submitting asks for it. A yes holds for: ${foreign(second.shown.join(', '), 400)}.`,
        ];
  return [`*${now}*`, ...week, limit, ...notes, ...needed, ...refusal]
    .filter((line) => line !== '')
    .join('\n')
    .slice(0, 2900);
}
