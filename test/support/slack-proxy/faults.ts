/** What goes wrong, on demand. `drop-after-accept`: Slack did it, and the answer is lost. */
export type Fault =
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'error'; readonly code: string }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'rate-limit'; readonly retryAfterSeconds: number }
  | { readonly kind: 'drop-after-accept' }
  | { readonly kind: 'black-hole' }
  | { readonly kind: 'reset' };

export type FaultRule = Fault & {
  /** A Web API method, `socket` for new websockets, or `*` for both. */
  readonly method: string;
  /** Only calls to this channel. */
  readonly channel?: string;
  /** How often; for ever when absent. */
  readonly times?: number;
};

export interface Faults {
  /** Adds a fault; the first that fits a call is taken. Returns its removal. */
  add(rule: FaultRule): () => void;
  clear(): void;
  /** The fault for this call, counted as used; null when it is to go through. */
  take(method: string, channel: unknown): Fault | null;
}

/** The faults that are in force. */
export function createFaults(): Faults {
  let rules: Array<{ rule: FaultRule; left: number }> = [];
  return {
    add: (rule) => {
      const entry = { rule, left: rule.times ?? Number.POSITIVE_INFINITY };
      rules.push(entry);
      return () => {
        rules = rules.filter((other) => other !== entry);
      };
    },
    clear: () => {
      rules = [];
    },
    take: (method, channel) => {
      const found = rules.find(({ rule, left }) => left > 0 && fits(rule, method, channel));
      if (found === undefined) return null;
      found.left -= 1;
      return found.rule;
    },
  };
}

function fits(rule: FaultRule, method: string, channel: unknown): boolean {
  if (rule.method !== '*' && rule.method !== method) return false;
  return rule.channel === undefined || rule.channel === channel;
}
