import { type EnvelopeRead, type Labels, labelsOfFirst, readPayload } from '../alerts/payload.ts';
import { isDense } from '../alerts/payload-dense.ts';

/** What is wrong with a body, for its sender: the field, and what it must be. */
export interface BodyProblem {
  readonly field: string;
  readonly message: string;
}

/** What a body is: `labels` are those of its first alert, null where it has none. */
export type WebhookRead =
  | { readonly kind: 'ok'; readonly labels: Labels | null }
  | ({ readonly kind: 'refused' } & BodyProblem);

/** One address that takes payloads. A further one is a further line of `WEBHOOKS` and a handler of its source. */
export interface Webhook {
  readonly path: `/webhooks/${string}`;
  /** Names the handler of its inbox rows. */
  readonly source: string;
  /** Whether the body may be stored. Never throws. */
  readonly read: (body: Uint8Array) => Promise<WebhookRead>;
  /** Of the 400 that names the field. */
  readonly refusal: { readonly code: string; readonly remedy: string };
}

/** Where payloads are taken; all of them by the same tokens, limits and answers. */
export const WEBHOOKS: readonly Webhook[] = [
  {
    path: '/webhooks/alertmanager',
    source: 'alertmanager',
    read: async (body) => readOf(await readPayload(body, { withAlerts: false })),
    refusal: {
      code: 'NOT_V4',
      remedy: 'Send the Alertmanager webhook payload, version 4, without a payload template.',
    },
  },
  {
    path: '/webhooks/grafana',
    source: 'grafana',
    read: async (body) => tooDense(body) ?? readOf((await import('../alerts/webhooks/grafana.ts')).readGrafana(body)),
    refusal: {
      code: 'NOT_GRAFANA',
      remedy: 'Send the webhook of a Grafana contact point, without a custom payload; see docs/webhooks.md.',
    },
  },
  {
    path: '/webhooks/event',
    source: 'event',
    read: async (body) => {
      const { labelsOf, readEvent } = await import('../alerts/webhooks/event.ts');
      const read = tooDense(body) ?? readEvent(body);
      return read.kind === 'ok' && 'event' in read ? { kind: 'ok', labels: labelsOf(read.event) } : read;
    },
    refusal: {
      code: 'NOT_AN_EVENT',
      remedy: 'Send JSON like { "title": "Backup failed", "status": "firing" }; see docs/webhooks.md.',
    },
  },
  {
    path: '/webhooks/deploy',
    source: 'deploy',
    // loaded at the first one: the start of the intake must not wait for it
    read: async (body) => {
      const problem = tooDense(body) ?? (await import('../alerts/deploys/schema.ts')).deployProblem(body);
      return problem === null ? { kind: 'ok', labels: null } : { kind: 'refused', ...problem };
    },
    refusal: {
      code: 'NOT_A_DEPLOY',
      remedy: 'Send JSON like { "service": "gianna", "version": "v1.42" }; see docs/context.md.',
    },
  },
];

/** The webhook at this path; null: none. */
export function webhookAt(path: string): Webhook | null {
  return WEBHOOKS.find((webhook) => webhook.path === path) ?? null;
}

/** What only Alertmanager's payload is read in steps for: parsed at once it would hold everybody else up. */
function tooDense(body: Uint8Array): WebhookRead | null {
  return isDense(body) ? { kind: 'refused', field: 'body', message: 'body has too many values' } : null;
}

function readOf(read: EnvelopeRead): WebhookRead {
  return read.kind === 'refused' ? read : { kind: 'ok', labels: labelsOfFirst(read.envelope) };
}
