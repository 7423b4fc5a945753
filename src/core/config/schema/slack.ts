import * as z from 'zod';
import { ROLES } from '../config.ts';
import { name } from './common.ts';

const channel = z
  .string()
  .regex(
    /^(#[^\s#@,;:"'?!A-Z]{1,80}|[CG][A-Z0-9]{2,})$/,
    'must be a Slack channel: "#name" in lower case, or its id (C…, G…; private channels by id)',
  );

/** `approver`, or `approver@production`: the role on services of one environment. */
const roleName = z
  .string()
  .regex(
    new RegExp(`^(${ROLES.join('|')})(@[A-Za-z0-9][A-Za-z0-9_.-]*)?$`),
    `must be one of ${ROLES.join(', ')}, or one of them for an environment: approver@production`,
  );

/** `slack.yml` (CONFIG.md): channels, roles and the way messages look. */
export const SlackFile = z
  .strictObject({
    channels: z
      .record(name, channel)
      .describe('A word of your own → Slack channel name ("#gianna-ops") or id. "ops" must be there.'),
    roles: z
      .partialRecord(
        roleName,
        z
          .array(z.string().min(1, 'must not be empty'))
          .describe('Slack ids, e-mail addresses, @usergroups or people of oncall.yml. Empty: nobody.'),
      )
      .default({})
      .describe('Who may do what: responder, approver, security, admin. Everybody else is a viewer.'),
    blocks: z.enum(['plain', 'rich']).default('plain').describe('Kind of Slack blocks that messages are made of.'),
    language: z.enum(['en', 'pt']).default('en').describe('Language of what the bot writes.'),
  })
  .describe('Channels, roles and the way messages look.');
export type SlackFile = z.infer<typeof SlackFile>;
