import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../../src/bot/commands/parse.ts';
import { renderNotUnderstood } from '../../../src/bot/render/answers/not-understood.ts';

const CONTEXT = {
  services: ['gianna', 'redis'],
  probes: ['cache'],
  people: ['ana', 'ben', 'marco'],
  schedules: ['primary'],
  restartModes: ['graceful'],
  runbooks: { restart: ['service', 'mode'], 'block-ip': ['ip', 'for_how_long'] },
  runbookWords: {},
  serviceOfThread: null,
  incidentOfThread: 'GI-5',
  incidentOfLink: new Map<string, string>(),
};

const shell = fc.constantFrom(
  '; rm -rf /',
  '$(id)',
  '`id`',
  '| sh',
  '&& curl evil',
  '\n id',
  '> /etc/passwd',
  '*',
  '-oProxyCommand=id',
);
const mention = fc.constantFrom(
  '<!channel>',
  '<!here>',
  '<@U01ONCALL>',
  '<#C01OPS|x>',
  '<https://evil.example|click>',
  '<!subteam^S1>',
);
const unicode = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 });
const path = fc.constantFrom(
  '../../etc/passwd',
  '/proc/self/environ',
  'file:///etc/shadow',
  '..\\..\\x',
  '\u0000',
  '%2e%2e%2f',
);
const keys = fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf');
const huge = fc.integer({ min: 601, max: 50_000 }).map((length) => 'a'.repeat(length));
const classes = { shell, mention, unicode, path, keys, huge };

describe('hostile command texts', () => {
  const verbs = fc.constantFrom('restart', 'ack', 'resolve', 'restart gianna', 'probe', 'status', 'incident', '');

  it.each(Object.keys(classes) as Array<keyof typeof classes>)(
    'of class %s change nothing and mention nobody',
    (name) => {
      let refused = 0;
      fc.assert(
        fc.property(verbs, classes[name], (verb, hostile) => {
          const parsed = parseCommand(`${verb} ${hostile}`, CONTEXT);

          if (parsed.kind === 'command') {
            // What is understood holds only names that exist: the hostile part was empty once evened out, or only read.
            expect(JSON.stringify(parsed.command)).toMatch(/^[\w{}",:[\]-]*$/);
            return;
          }
          if (parsed.kind === 'empty') return;
          refused += 1;
          const answer = renderNotUnderstood(parsed, CONTEXT.services);
          expect(answer.text).toMatch(/^✖ /);
          expect(JSON.stringify(answer)).not.toMatch(/<[!@#h]/);
          for (const block of answer.blocks) {
            if (block.type === 'section') expect(block.text?.text.length ?? 0).toBeLessThanOrEqual(3000);
          }
        }),
        { numRuns: 300 },
      );
      expect(refused).toBeGreaterThan(0);
    },
  );

  it.each(['restart gianna; rm -rf /', 'restart gianna && id', 'ack 5 $(id)', 'resolve GI-5 <!channel>'])(
    'is refused as a whole: %s',
    (text) => {
      expect(parseCommand(text, CONTEXT).kind).not.toBe('command');
    },
  );
});
