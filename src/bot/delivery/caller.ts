import type { WebAPICallResult, WebClient } from '@slack/web-api';
import { classifySlackError, type SlackFailure } from '../client.ts';
import type { SlackMetrics } from '../metrics.ts';
import type { Circuit } from './circuit.ts';
import type { Gate, Gates } from './gates.ts';

export type CallResult =
  | { readonly kind: 'ok'; readonly answer: WebAPICallResult & Record<string, unknown> }
  /** Not made: the limits say when. */
  | { readonly kind: 'wait'; readonly waitMs: number }
  | { readonly kind: 'failed'; readonly failure: SlackFailure };

/** Makes one call within the limits, and tells the circuit, the gates and the metrics how it went. Never throws. */
export type Call = (gate: Gate, args: Record<string, unknown>) => Promise<CallResult>;

export function createCall(deps: {
  client: WebClient;
  gates: Gates;
  circuit: Circuit;
  metrics: () => SlackMetrics;
}): Call {
  const { client, gates, circuit, metrics } = deps;
  return async (gate, args) => {
    const waitMs = gates.waitMs(gate);
    if (waitMs > 0) return { kind: 'wait', waitMs };
    gates.take(gate);
    try {
      const answer = await client.apiCall(gate.method, args);
      circuit.answered();
      metrics().sent(gate.method);
      return { kind: 'ok', answer: answer as WebAPICallResult & Record<string, unknown> };
    } catch (error) {
      const failure = ofAccount(gate, classifySlackError(error));
      metrics().failed(gate.method, failure.code === 'ratelimited' ? 'rate-limited' : failure.kind);
      note(failure, gate);
      return { kind: 'failed', failure };
    } finally {
      gates.answered(gate);
    }
  };

  function note(failure: SlackFailure, gate: Gate): void {
    if (failure.code === 'ratelimited') gates.pause(gate.method, gate.channel, failure.retryAfterSeconds ?? 1);
    // a scope that only a read lacks leaves the sending alone
    if (failure.kind === 'terminal-global' && failure.code !== 'missing_scope') circuit.failed('refused');
    else if (isSilence(failure)) circuit.failed('silent');
    else circuit.answered();
  }
}

/** To a person `account_inactive` is said of their account; to everything else of the token's. */
function ofAccount({ channel }: Gate, failure: SlackFailure): SlackFailure {
  if (failure.code !== 'account_inactive' || !/^[UW]/.test(channel)) return failure;
  return { ...failure, kind: 'terminal-destination' };
}

function isSilence({ kind, code }: SlackFailure): boolean {
  return code !== 'ratelimited' && (kind === 'transient' || kind === 'unknown-outcome');
}
