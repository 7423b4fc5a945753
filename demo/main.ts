import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runDrill } from './drill.ts';
import { type Stage, startStage } from './stage.ts';

const log = (line: string) => console.log(line);

function assertLocalSlack(): void {
  if (existsSync(fileURLToPath(new URL('../node_modules/local-slack-linux-x64/package.json', import.meta.url)))) return;
  console.error(
    `The local Slack of the demo is a package for Linux on x64 (local-slack-linux-x64); this is ${process.platform} ${process.arch}.\n` +
      'Look for local-slack-<platform>-<arch> with "npm view local-slack-darwin-arm64", install it with "npm install --no-save",\n' +
      'or run the demo in a Linux container: docker run -it --rm -v "$PWD":/app -w /app node:20 npm run demo',
  );
  process.exit(1);
}

function invitation(stage: Stage): string {
  return [
    '',
    `  Slack in your browser    ${stage.slackUrl}        (open #gianna-ops; you are Ana, who is on call)`,
    `  the stand-in Gianna      ${stage.giannaUrl}/health`,
    `  the bot                  ${stage.botUrl}/ready   ${stage.botUrl}/metrics`,
    stage.alertmanagerUrl === null ? '' : `  Alertmanager             ${stage.alertmanagerUrl}`,
    '',
    '  Break it, in another terminal, and watch #gianna-ops:',
    `    curl -X POST ${stage.giannaUrl}/admin/break/unhealthy     health checks fail: a P0`,
    `    curl -X POST ${stage.giannaUrl}/admin/break/memory        a leak: a P0 and a P2`,
    `    curl -X POST ${stage.giannaUrl}/admin/break/crash         the process dies: a P0`,
    `    curl -X POST ${stage.giannaUrl}/admin/break/cache         a cold cache: a P2`,
    `    curl -X POST ${stage.giannaUrl}/admin/mend                all is well again; break and mend the cache a few times: it flaps`,
    '  Then press Ack, Run diagnosis and Restart… in the thread. A restart mends it.',
    '  More actions on the incident: Snooze…, Assign…, Add note…, Change severity…, Merge…, Split…, and Silence… on what is no P0.',
    '  Type in the channel:',
    '    /gianna help   /gianna status   /gianna oncall   /gianna probe gianna   /gianna restart gianna   /gianna stats',
    '    /gianna incident open "Checkout is slow" --sev p1',
    '    /gianna snooze 2 30m waiting for the cache   /gianna note 1 failed over   /gianna merge 2 into 1 same leak',
    '    /gianna silence 2 --for 1h --reason warming   /gianna silence list   /gianna silence lift 1',
    '  In the thread of an incident:  @gianna ack   @gianna note it was the cache   @gianna assign me',
    '',
    '  Ctrl-C ends everything.',
    '',
  ].join('\n');
}

async function main(): Promise<number> {
  assertLocalSlack();
  const stage = await startStage(log);
  const interrupted = new Promise<number>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve(0));
  });
  try {
    if (process.argv.includes('--drill'))
      return await Promise.race([runDrill(stage, log), interrupted.then(() => 130)]);
    log(invitation(stage));
    return await interrupted;
  } finally {
    await stage.stop();
  }
}

process.exit(
  await main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  }),
);
