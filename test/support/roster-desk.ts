import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { onPress } from '../../src/bot/actions/press.ts';
import type { Asker } from '../../src/bot/commands/asker.ts';
import { speak } from '../../src/bot/commands/speak.ts';
import type { Desk } from '../../src/bot/listen/deps.ts';
import { onChanged, onSubmit } from '../../src/bot/modals/modals.ts';
import type { Answer } from '../../src/bot/render/answers/answer.ts';
import { createRoles } from '../../src/bot/roles.ts';
import { createMetricsRegistry } from '../../src/core/metrics.ts';
import { createDrain } from '../../src/journal/drain.ts';
import { createJournalMetrics } from '../../src/journal/metrics.ts';
import { commandIn, createSubmit } from '../../src/journal/submit.ts';
import { waitingHandoffs } from '../../src/oncall/handoff/waiting.ts';
import { listOverrides } from '../../src/oncall/overrides/override-json.ts';
import { oncallReport } from '../../src/oncall/report.ts';
import { openRosterRoom, type RosterRoom } from '../oncall/roster-room.ts';
import { silentLogger } from './journal.ts';

/** Slack ids of CONFIG.md's people. */
export const ANA = 'U01ONCALL';
export const BEN = 'U03DEV';
export const MARCO = 'U02MGR';
/** Somebody of the workspace who is nobody of oncall.yml. */
export const GUS = 'U09GUEST';
const NAMES = new Map([
  ['ana', 'Ana'],
  ['ben', 'Ben'],
  ['marco', 'Marco'],
]);

/** What people say, press and fill in about who is on call, with the real inbox, store and rules; Slack's side is plain data. */
export interface RosterDesk {
  readonly room: RosterRoom;
  /** `/gianna <text>`; resolves with what the asker was told. */
  say(user: string, text: string): Promise<string>;
  /** A press of one of our buttons; `ts` tells two presses apart. */
  press(user: string, verb: string, about: string | null, ts?: string): Promise<string>;
  /** Submits the form that is open; resolves with the acknowledgement and what was told. */
  submit(user: string, values: Values): Promise<{ ack: unknown; told: string }>;
  /** Picks something in the open form; resolves with the form as it is drawn then. */
  change(user: string, values: Values): Promise<ModalView>;
  /** The form that was opened or drawn last. */
  form(): ModalView;
  /** The last answer, whole. */
  answer(): Answer;
  close(): Promise<void>;
}

type Values = Readonly<Record<string, string | number>>;

export async function openRosterDesk(): Promise<RosterDesk> {
  const room = await openRosterRoom();
  const { clock } = room;
  const told: Answer[] = [];
  const forms: ModalView[] = [];
  const drain = createDrain({
    journal: room.journal(),
    clock,
    logger: silentLogger,
    metrics: createJournalMetrics(createMetricsRegistry()),
    handlers: { command: (row) => room.decide(commandIn(row)) },
  });
  drain.start();
  const config = { current: () => room.roster.current() };
  const report = (at: number) => oncallReport(config.current().oncall, at);
  const personOf = (user: string) =>
    Object.entries(config.current().oncall.people).find(([, { slack }]) => slack.includes(user))?.[0] ?? null;
  const directory = {
    account: async (id: string) => ({ id, tz: id === BEN ? 'Europe/Lisbon' : 'America/Sao_Paulo' }),
    membersOf: async () => null,
    personOf,
    nameOfPerson: (person: string) => NAMES.get(person) ?? person,
    nameOf: (actor: string) => NAMES.get(personOf(actor.replace('slack:', '')) ?? actor) ?? actor,
    warm: async () => undefined,
  };
  const remember = async (said: unknown) => void told.push(said as Answer);
  const client = {
    chat: { postEphemeral: remember, postMessage: remember },
    views: {
      open: async ({ view }: { view: ModalView }) => {
        forms.push(view);
        return { view: { id: `V${forms.length}` } };
      },
      update: async ({ view }: { view: ModalView }) => void forms.push(view),
    },
  } as unknown as WebClient;
  const onCallNow = () => report(clock.now()).flatMap(({ now }) => now);
  const desk = {
    submit: createSubmit({ journal: room.journal(), drain, clock }),
    incident: async () => null,
    listIncidents: async () => [],
    incidentOfThread: async () => null,
    oncallReport: report,
    overrides: () => listOverrides(room.journal(), { now: clock.now(), all: false }),
    handoffs: () => waitingHandoffs(room.journal()),
    roles: createRoles({ config, directory, onCallNow, teamId: () => null, logger: silentLogger }),
    directory,
    config,
    clock,
    logger: silentLogger,
    client,
    counts: { command: () => undefined },
  } as unknown as Desk;
  let serial = 0;
  const form = () => {
    const last = forms.at(-1);
    if (last === undefined) throw new Error('no form was opened');
    return last;
  };
  const since = async (act: () => Promise<unknown>) => {
    const before = told.length;
    await act();
    return told
      .slice(before)
      .map(({ text }) => text)
      .join('\n');
  };
  const bodyOf = (user: string, values: Values) => {
    const { callback_id, private_metadata } = form();
    const state = { values: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, fieldOf(value)])) };
    return { user: { id: user }, view: { id: `V${forms.length}`, callback_id, private_metadata, state } };
  };
  return {
    room,
    say: (user, text) => {
      serial += 1;
      const answer: Asker['answer'] = async (each) => void told.push(each);
      const common = { userId: user, via: 'slash', channel: 'C1', threadTs: null, incident: null } as const;
      const asker = { ...common, key: `command|T1|${serial}`, triggerId: 't', taken: async () => undefined };
      const whisper = async (each: Answer) => told.push(each) > 0;
      return since(() => speak(text, { ...asker, answer, whisper, share: answer }, desk));
    },
    press: (user, verb, about, ts = '1.1') => {
      const value = JSON.stringify({ v: 1, ...(about === null ? {} : { s: about }), n: 0 });
      const body = {
        type: 'block_actions',
        user: { id: user },
        trigger_id: 'trigger',
        container: { message_ts: '1.0', channel_id: 'C1' },
        actions: [{ action_id: `gi.${verb}`, action_ts: ts, value }],
      };
      return since(() => onPress(body, async () => undefined, desk));
    },
    submit: async (user, values) => {
      const acks: unknown[] = [];
      const words = await since(() => onSubmit(bodyOf(user, values), async (each) => void acks.push(each), desk));
      return { ack: acks[0], told: words };
    },
    change: async (user, values) => {
      await onChanged(bodyOf(user, values), async () => undefined, desk);
      return form();
    },
    form,
    answer: () => {
      const last = told.at(-1);
      if (last === undefined) throw new Error('nobody was told anything');
      return last;
    },
    close: async () => {
      await drain.stop();
      await room.close();
    },
  };
}

/** A number is a moment (epoch seconds), a text of several words was typed, one word was picked. */
function fieldOf(value: string | number) {
  if (typeof value === 'number') return { value: { type: 'datetimepicker', selected_date_time: value } };
  if (value.includes(' ')) return { value: { type: 'plain_text_input', value } };
  return { value: { type: 'static_select', selected_option: { value } } };
}
