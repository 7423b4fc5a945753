#!/usr/bin/env node
import { runCli } from './cli/program.ts';
import { processEnvironment } from './core/config/process-environment.ts';

const argv = process.argv.slice(2);

// The bot outlives whoever reads its log; a command has nothing left to do once its reader (`| head`) has gone.
const isBot = argv.find((word) => !word.startsWith('-')) === 'start';
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', () => {
    if (!isBot) process.exit();
  });
}

process.exitCode = await runCli(argv, {
  startApp: async (env) => (await import('./app.ts')).startApp(env),
  env: processEnvironment(),
  stdout: process.stdout,
  stderr: process.stderr,
});
