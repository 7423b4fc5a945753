import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Shell } from '../../src/hosts/shell.ts';

/**
 * A `systemctl` and a `journalctl` with one unit, `worker.service`, written from systemctl(1), journalctl(1) and
 * org.freedesktop.systemd1(5) of systemd 252 (Debian 12): an invocation id is new at each start and outlives the unit's end,
 * `show` prints `Key=value` in the order of its own, a job that fails exits 1, a unit that is not there exits 5 and has
 * `LoadState=not-found` in `show`. It is not systemd: nothing runs.
 */
const SYSTEMCTL = `#!/bin/sh
cd "$(dirname "$0")/state" || exit 1
echo "systemctl $*" >>calls
verb=$1 name=
for each in "$@"; do name=$each; done
get() { cat "$1" 2>/dev/null; }
new_start() {
  n=$(($(get starts) + 1)); echo $n >starts
  printf '%032x' $n >invocation
  echo active >active; echo 0 >restarts
  date -u '+%a %Y-%m-%d %H:%M:%S UTC' >since
  echo 0 >code; echo 0 >status; echo success >result
}
begin() {
  [ ! -e refuses ] || { get refuses >&2; exit 4; }
  new_start
  [ ! -e breaks ] || {
    echo failed >active; echo 1 >code; get breaks >status; echo exit-code >result
    echo "Job for $name failed because the control process exited with error code." >&2
    exit 1
  }
}
end() { echo inactive >active; echo 1 >code; echo 0 >status; }
case $name in worker|worker.service) [ ! -e gone ] && loaded=loaded ;; esac
[ ! -e down ] || { echo "Failed to connect to bus: No such file or directory" >&2; exit 1; }
case $verb in
  show)
    echo "MainPID=42"
    echo "NRestarts=$(get restarts)"
    echo "ExecMainCode=$(get code)"
    echo "ExecMainStatus=$(get status)"
    echo "Result=$(get result)"
    echo "NeedDaemonReload=no"
    echo "Id=worker.service"
    echo "LoadState=\${loaded:-not-found}"
    echo "ActiveState=$(get active)"
    echo "SubState=running"
    echo "FragmentPath=/etc/systemd/system/worker.service"
    echo "ActiveEnterTimestamp=$(get since)"
    echo "InvocationID=$(get invocation)"
    exit 0 ;;
esac
[ -n "$loaded" ] || { echo "Failed to $verb $name: Unit $name not found." >&2; exit 5; }
case $verb in
  cat) echo "# /etc/systemd/system/worker.service"; get unit ;;
  start) begin ;;
  stop) [ ! -e deaf ] || exit 0; end ;;
  restart) if [ -e vanishes ]; then begin; echo 1 >down; kill -9 $$; fi; begin ;;
  kill) end; echo 2 >code; echo 9 >status ;;
  *) exit 64 ;;
esac
`;

const JOURNALCTL = `#!/bin/sh
cd "$(dirname "$0")/state" || exit 1
echo "journalctl $*" >>calls
cat journal
`;

export interface SystemdStandIn {
  /** A shell of the host with the stand-in before all else on its path. */
  shellOver(shell: Shell): Shell;
  /** Sets a file of its state: `active`, `breaks`, `refuses`, `deaf`, `gone`, `down`, `vanishes`, `unit`, `journal`, `restarts`. */
  set(name: string, value: string | number): void;
  clear(name: string): void;
  /** What was called, one line each; `show` and `cat` left out. */
  calls(): string[];
  remove(): void;
}

/** Makes the stand-in with its unit running. */
export function createSystemdStandIn(): SystemdStandIn {
  const folder = mkdtempSync(join(tmpdir(), 'gianna-systemd-'));
  const state = join(folder, 'state');
  mkdirSync(state);
  writeFileSync(join(folder, 'systemctl'), SYSTEMCTL, { mode: 0o755 });
  writeFileSync(join(folder, 'journalctl'), JOURNALCTL, { mode: 0o755 });
  const set = (name: string, value: string | number) => writeFileSync(join(state, name), `${value}\n`);
  const first = { starts: 1, invocation: '1'.padStart(32, '0'), active: 'active', restarts: 0, code: 0, status: 0 };
  for (const [name, value] of Object.entries(first)) set(name, value);
  set('since', 'Sun 2026-11-22 14:00:00 UTC');
  set('unit', '[Service]\nExecStart=/usr/bin/worker');
  return {
    shellOver: (shell) => {
      const with_ = <T extends object>(options: T) => ({
        ...options,
        env: { ...envOf(options), PATH: `${folder}:/usr/bin:/bin` },
      });
      return {
        host: shell.host,
        run: (argv, options) => shell.run(argv, with_(options)),
        once: (key, argv, options) => shell.once(key, argv, with_(options)),
      };
    },
    set,
    clear: (name) => rmSync(join(state, name), { force: true }),
    calls: () =>
      readFileSync(join(state, 'calls'), 'utf8')
        .trim()
        .split('\n')
        .filter((line) => !/^systemctl (show|cat) /.test(line)),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function envOf(options: { readonly env?: Readonly<Record<string, string>> }): Readonly<Record<string, string>> {
  return options.env ?? {};
}
