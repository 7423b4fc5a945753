/**
 * The border to Grafana: the webhook of its unified alerting comes in, an envelope of our own alerts goes out. It is
 * Alertmanager's payload but for its version, more fields, and alerts that Grafana itself makes when a query gives no
 * data or an error.
 *
 * Sample (Grafana, "Configure the webhook notifier", version 1; unknown fields are ignored):
 * {"receiver":"ops","status":"firing","orgId":1,"version":"1","groupKey":"{}:{}","truncatedAlerts":0,
 *  "groupLabels":{"alertname":"High CPU"},"commonLabels":{},"commonAnnotations":{},"externalURL":"https://grafana/",
 *  "title":"[FIRING:1]","state":"alerting","message":"…","alerts":[{"status":"firing","labels":{"alertname":"High CPU"},
 *  "annotations":{"summary":"hi"},"startsAt":"2021-10-12T09:51:03.157076+02:00","endsAt":"0001-01-01T00:00:00Z",
 *  "generatorURL":"https://grafana/alerting/x/edit","fingerprint":"c6eadffa33fcdf37","values":{"B":44.2}}]}
 */
import { type EnvelopeRead, readEnvelopeAs } from '../payload.ts';

/** Source of its inbox rows; its fingerprints and receivers begin with it, so that nobody else's meet them. */
export const GRAFANA = 'grafana';

/** What Grafana calls the alerts that it makes by itself; the rule is in the label `rulename`. */
const OWN_ALERTS: Readonly<Record<string, string>> = {
  DatasourceNoData: 'No data',
  DatasourceError: 'Error in the query',
};

/** Reads the envelope; says which field keeps it from being Grafana's. Never throws. */
export function readGrafana(body: Uint8Array): EnvelopeRead {
  const read = readEnvelopeAs(body, '1');
  if (read.kind === 'refused') return read;
  const { receiver, alerts, ...rest } = read.envelope;
  return { kind: 'ok', envelope: { ...rest, receiver: `${GRAFANA}:${receiver}`, alerts: alerts.map(ownAlert) } };
}

/** One alert, not checked yet: what it is no alert for is found later, and said. */
function ownAlert(alert: unknown): unknown {
  if (!isRecord(alert)) return alert;
  const { fingerprint, annotations, labels } = alert;
  return {
    ...alert,
    ...(typeof fingerprint === 'string' && fingerprint !== '' ? { fingerprint: `${GRAFANA}:${fingerprint}` } : {}),
    annotations: isRecord(annotations) && isRecord(labels) ? { ...summaryOf(labels), ...annotations } : annotations,
  };
}

/** An alert about missing data names its rule where it says nothing else. */
function summaryOf({ alertname, rulename }: Record<string, unknown>): { readonly summary?: string } {
  const what =
    typeof alertname === 'string' && Object.hasOwn(OWN_ALERTS, alertname) ? OWN_ALERTS[alertname] : undefined;
  return what === undefined || typeof rulename !== 'string' ? {} : { summary: `${what}: ${rulename}` };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
