import { mkdtempSync, rmSync } from 'node:fs';
import { botEnvironment, startSlackSink } from '../bench/support/bot.ts';
import { freePort, startProcess, until } from '../test/support/process.ts';
const sink = await startSlackSink(() => {});
for (let i = 0; i < 3; i++) {
const folder = mkdtempSync('/tmp/prof-'); const port = await freePort();
const env = { ...botEnvironment(folder, port, sink.apiUrl), GIANNA_LOG_LEVEL: 'info' };
const t0 = Date.now();
const r = startProcess(process.execPath, ['dist/main.js', 'start'], { env });
await until('x', () => r.output().includes('everything runs'));
for (const l of r.output().split('\n')) { try { const j = JSON.parse(l); console.log(Date.parse(j.time) - t0, j.msg); } catch {} }
await r.stop(); rmSync(folder, { recursive: true });
}
await sink.stop(); process.exit(0);
