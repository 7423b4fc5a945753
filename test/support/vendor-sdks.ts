import { Agent } from 'node:https';
import { connect } from 'node:net';
import { event } from '@pagerduty/pdjs';
import createClient, { RequestClient } from 'twilio';
import type { PagerDutyStandIn } from './pagerduty-stand-in.ts';
import type { TwilioStandIn } from './twilio-stand-in.ts';

/** Twilio's own client, led to the stand-in. */
export function twilioSdk(twilio: TwilioStandIn, authToken = twilio.authToken) {
  class Led extends RequestClient {
    override request<T>(opts: Parameters<RequestClient['request']>[0]) {
      return super.request<T>({ ...opts, uri: opts.uri.replace('https://api.twilio.com', twilio.url) } as never);
    }
  }
  return createClient(twilio.accountSid, authToken, { httpClient: new Led() });
}

/** PagerDuty's own client; it speaks TLS to a fixed host, so its connection is led to the stand-in. */
export function pagerDutySdkEvent(pagerDuty: PagerDutyStandIn, data: Parameters<typeof event>[0]['data']) {
  class Led extends Agent {
    override createConnection() {
      return connect(Number(new URL(pagerDuty.url).port), '127.0.0.1');
    }
  }
  return event({ data, server: 'events.pagerduty.test', ...{ agent: new Led() } });
}
