/** An alert of an incident, as a person tells it from the others. */
export interface ShownAlert {
  readonly fingerprint: string;
  readonly isFiring: boolean;
  /** Foreign text. */
  readonly labels: Readonly<Record<string, string>>;
}

/** A line for each alert: its name, then the labels in which they differ. Not escaped yet. */
export function tellingLabels(alerts: readonly ShownAlert[]): string[] {
  const names = new Set(alerts.flatMap(({ labels }) => Object.keys(labels)));
  const differing = [...names].filter(
    (name) => name !== 'alertname' && new Set(alerts.map(({ labels }) => labels[name])).size > 1,
  );
  return alerts.map(({ labels, isFiring }) => {
    const parts = differing.flatMap((name) => (labels[name] === undefined ? [] : [`${name}=${labels[name]}`]));
    return [`${labels.alertname ?? 'alert'}${isFiring ? '' : ' (ended)'}`, ...parts].join(' ');
  });
}
