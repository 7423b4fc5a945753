import type { Settings } from './core/config/environment.ts';
import type { Peer } from './runbooks/steps/step.ts';

/** What Slack is reached by: its API, its sockets, its files. */
const SLACK = ['slack.com', 'wss-primary.slack.com', 'wss-backup.slack.com', 'files.slack.com', 'hooks.slack.com'];

/** Whom the bot speaks to because its environment says so; nothing of them may be blocked, anywhere. */
export function ownPeers({ slack, means, deadmanUrl }: Settings): Peer[] {
  const api = slack.apiUrl === null ? SLACK : [new URL(slack.apiUrl).hostname];
  return [
    ...api.map((host) => ({ host, what: 'Slack' })),
    ...named(means.smtp?.url, 'the mail server'),
    ...named(means.twilio?.apiUrl, 'what sends text messages'),
    ...named(means.pagerduty?.apiUrl, 'PagerDuty'),
    ...named(deadmanUrl ?? undefined, 'the dead man’s switch'),
  ];
}

function named(url: string | undefined, what: string): Peer[] {
  if (url === undefined || !URL.canParse(url)) return [];
  return [{ host: new URL(url).hostname.replace(/^\[|\]$/g, ''), what }];
}
