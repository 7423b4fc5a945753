#!/usr/bin/env node
// Makes a fresh clone ready for what is about to run: packages, a compiler where one is needed, the real servers of the
// tests, the build. No dependencies: it runs before there are any. GIANNA_NO_INSTALL=1 installs nothing and says what is missing.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const mode = process.argv[2] ?? 'test';
const mayInstall = process.env.GIANNA_NO_INSTALL !== '1';
const inCi = process.env.CI === 'true';
const say = (text) => process.stderr.write(`setup: ${text}\n`);
const fail = (text) => {
  say(text);
  process.exit(1);
};

const SERVERS = [
  { command: 'redis-server', package: 'redis-server', for: 'Redis probes' },
  { command: 'dockerd', package: 'docker.io', for: 'containers' },
  { command: 'prometheus', package: 'prometheus', for: 'alert rules' },
  { command: 'prometheus-alertmanager', package: 'prometheus-alertmanager', for: 'alert delivery' },
  { command: 'docker-compose', package: 'docker-compose', for: 'Compose services' },
  { command: 'busybox', package: 'busybox-static', for: 'container images' },
  { command: 'ip', package: 'iproute2', for: 'network namespaces' },
  { command: 'sshd', package: 'openssh-server', for: 'hosts reached by SSH' },
  { command: 'openssl', package: 'openssl', for: 'certificates' },
  { command: 'sqlite3', package: 'sqlite3', for: 'a second process on the database' },
  { command: 'aiosmtpd', package: 'python3-aiosmtpd', for: 'pages by mail' },
  { command: 'strace', package: 'strace', for: 'a disk that fails' },
  { command: 'nginx', package: 'nginx-light', for: 'a load balancer' },
  { command: 'wrk', package: 'wrk', for: 'load' },
  { command: 'chromium', package: 'chromium', for: 'the Slack in a browser' },
];
const BENCH_SERVERS = [
  { command: 'sshd', package: 'openssh-server', for: 'hosts reached by SSH' },
  { command: 'ssh', package: 'openssh-client', for: 'the peer of hosts reached by SSH' },
  { command: 'wrk', package: 'wrk', for: 'load' },
  { command: 'prometheus-alertmanager', package: 'prometheus-alertmanager', for: 'the peer' },
];

checkNode();
ensurePackages();
if (mode === 'test') ensureServers(SERVERS, 'npm test');
if (mode === 'bench') ensureServers(BENCH_SERVERS, 'npm run bench');
if (['start', 'demo', 'test', 'bench'].includes(mode)) ensureBuild();

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(`Node ${process.versions.node} is too old: install Node 20.19 or newer.`);
  }
}

function hasCommand(name) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => folder !== '' && existsSync(join(folder, name)));
}

function isRootOnDebian() {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version') && hasCommand('apt-get');
}

/** Compares what is installed with the lock file: same names, same versions; optional packages of other platforms aside. */
function missingPackages() {
  const installedFile = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(installedFile)) return ['all packages'];
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
  return Object.entries(wanted)
    .filter(([path, entry]) => path !== '' && !entry.optional && installed[path]?.version !== entry.version)
    .map(([path, entry]) => `${path.replace(/^.*node_modules\//, '')}@${entry.version}`);
}

function nativeAddonLoads() {
  const check = spawnSync(
    process.execPath,
    ['-e', "new (require('better-sqlite3'))(':memory:').prepare('select 1').get()"],
    { cwd: root },
  );
  return check.status === 0;
}

function ensurePackages() {
  const missing = missingPackages();
  const complete = missing.length === 0 && nativeAddonLoads();
  if (complete) return;
  const what = missing.length === 0 ? 'a better-sqlite3 built for this Node' : missing.slice(0, 5).join(', ');
  if (!mayInstall) fail(`missing: ${what}${missing.length > 5 ? ', …' : ''}. Type: npm ci`);
  say(
    `node_modules is missing or does not match the lock file (${what}): npm ci (a few minutes when SQLite is compiled)`,
  );
  if (npmCi() && nativeAddonLoads()) return;
  if (hasCompiler()) fail('npm ci failed; its messages are above. Mend what it names, then type: npm ci');
  installCompiler();
  if (!npmCi() || !nativeAddonLoads()) fail('npm ci failed with a compiler too; its messages are above.');
}

function npmCi() {
  const npm = process.env.npm_execpath;
  const [command, before] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  const run = spawnSync(command, [...before, 'ci', '--no-audit', '--no-fund'], { cwd: root, stdio: ['ignore', 2, 2] });
  return run.status === 0;
}

function hasCompiler() {
  return hasCommand('g++') && hasCommand('make') && hasCommand('python3');
}

function installCompiler() {
  const line = 'apt-get install -y build-essential python3';
  if (!isRootOnDebian())
    fail(`better-sqlite3 has no prebuilt for this machine and there is no compiler. Type: sudo ${line}`);
  say('no prebuilt better-sqlite3 could be had: installing a compiler (build-essential, python3) by apt');
  aptInstall(['build-essential', 'python3']);
}

function ensureServers(servers, forWhat) {
  const missing = servers.filter((server) => !hasCommand(server.command));
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((server) => server.package))];
  const named = missing.map((server) => `${server.command} (${server.for})`).join(', ');
  const line = `apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  if (mayInstall && isRootOnDebian()) {
    say(`${forWhat} uses real servers that are missing here: ${named}: installing by apt`);
    aptInstall(packages);
    return;
  }
  say(`MISSING for ${forWhat}: ${named}. Type: ${isRootOnDebian() ? '' : 'sudo '}${line}`);
  if (inCi || !mayInstall) process.exit(1);
  say('tests that need them are skipped and say so.');
}

function aptInstall(packages) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const run = (argv) => spawnSync('apt-get', argv, { stdio: ['ignore', 2, 2], env }).status === 0;
  const install = ['install', '-y', '-qq', '--no-install-recommends', ...packages];
  if (!run(['update', '-qq'])) say('apt-get update failed; trying with the lists that are there');
  if (!run(install)) fail(`apt could not install ${packages.join(', ')}; its messages are above.`);
}

function ensureBuild() {
  const stamp = join(root, 'dist/.built-from');
  const wanted = sourceDigest();
  const isLinked = lstatSync(join(root, 'node_modules/.bin/gianna-ops'), { throwIfNoEntry: false }) !== undefined;
  if (isLinked && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  say('building dist/');
  const run = spawnSync(process.execPath, [join(root, 'scripts/build.mjs')], { cwd: root, stdio: ['ignore', 2, 2] });
  if (run.status !== 0) fail('the build failed; its messages are above.');
  writeFileSync(stamp, wanted);
}

function sourceDigest() {
  const hash = createHash('sha256');
  const files = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
  for (const file of [...files, join(root, 'package-lock.json'), join(root, 'scripts/build.mjs')]) {
    hash.update(file.slice(root.length)).update(readFileSync(file));
  }
  return hash.digest('hex');
}
