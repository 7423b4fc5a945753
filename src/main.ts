#!/usr/bin/env node
import { runCli } from './cli/program.ts';
import { processEnvironment } from './core/config/process-environment.ts';

process.exitCode = await runCli(process.argv.slice(2), {
  startApp: async (env) => (await import('./app.ts')).startApp(env),
  env: processEnvironment(),
  stdout: process.stdout,
  stderr: process.stderr,
});
