import { runCli } from '../../src/cli/program.ts';

// The CLI as a process of its own, as `dist/main.js` is, with a bot that ends at once.
process.exitCode = await runCli(process.argv.slice(2), {
  startApp: async () => 3,
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
});
