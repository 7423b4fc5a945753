import type { WebClient } from '@slack/web-api';
import * as z from 'zod';
import { transient } from '../core/errors.ts';
import type { DutyShown, MissingSetting, ShowDuty } from '../oncall/handoff/shown.ts';
import { classifySlackError } from './client.ts';
import { foreign } from './mrkdwn.ts';

export interface ShowDutyDeps {
  readonly client: Pick<WebClient, 'apiCall'>;
  /** Our word for a channel → its id; null: it is not known. */
  readonly channelId: (word: string) => Promise<string | null>;
}

/** Longest topic of a channel. */
const LONGEST_TOPIC = 250;
/** Our part of a topic: what a person wrote beside it stays. */
const OURS = /On call \([^)]*\): [^|]*/;

const Groups = z.object({ usergroups: z.array(z.object({ id: z.string(), handle: z.string() })) });
const Info = z.object({ channel: z.object({ topic: z.object({ value: z.string() }).optional() }) });

/** Keeps the user group and the topic; says which setting of the workspace is missing, and throws what will pass. */
export function createShowDuty({ client, channelId }: ShowDutyDeps): ShowDuty {
  async function setGroup({ handle, users }: NonNullable<DutyShown['group']>): Promise<MissingSetting | null> {
    const { usergroups } = Groups.parse(await client.apiCall('usergroups.list', { include_disabled: false }));
    const group = usergroups.find((one) => one.handle === handle);
    if (group === undefined) {
      return {
        what: `@${handle}`,
        code: 'no_such_group',
        remedy: `Create the user group @${handle}, or correct on_handoff.`,
      };
    }
    await client.apiCall('usergroups.users.update', { usergroup: group.id, users: users.join(',') });
    return null;
  }

  async function setTopic({ channel, text }: NonNullable<DutyShown['topic']>): Promise<MissingSetting | null> {
    const id = await channelId(channel);
    const what = `The topic of channel ${channel}`;
    if (id === null) return { what, code: 'channel_not_found', remedy: 'Correct the channel in slack.yml.' };
    const before = Info.parse(await client.apiCall('conversations.info', { channel: id })).channel.topic?.value ?? '';
    const topic = topicWith(before, foreign(text, LONGEST_TOPIC));
    if (topic !== before) await client.apiCall('conversations.setTopic', { channel: id, topic });
    return null;
  }

  async function tried(what: string, remedy: string, act: () => Promise<MissingSetting | null>) {
    try {
      return await act();
    } catch (error) {
      const { kind, code } = classifySlackError(error);
      if (kind === 'transient' || kind === 'unknown-outcome') {
        throw transient('SLACK_AWAY', `${what} could not be changed (${code}).`, 'It is tried again.');
      }
      return { what, code, remedy };
    }
  }

  return async ({ group, topic }) => {
    const missing = [
      group === null
        ? null
        : await tried(
            `@${group.handle}`,
            'Add the scopes usergroups:read and usergroups:write; a workspace may allow this to admins only.',
            () => setGroup(group),
          ),
      topic === null
        ? null
        : await tried(
            `The topic of channel ${topic.channel}`,
            'Add the scope channels:write.topic (groups:write.topic for a private channel), and invite the bot.',
            () => setTopic(topic),
          ),
    ];
    return missing.flatMap((one) => one ?? []);
  };
}

/** A topic with our part in it; what does not fit is cut from ours. */
export function topicWith(before: string, ours: string): string {
  if (OURS.test(before))
    return before
      .replace(OURS, () => (before.includes('|') ? `${ours} ` : ours))
      .trim()
      .slice(0, LONGEST_TOPIC);
  const kept = before.trim();
  return (kept === '' ? ours : `${kept} | ${ours}`).slice(0, LONGEST_TOPIC);
}
