import type { TestEngine } from './docker-engine.ts';
import { type NamespaceDoor, openNamespaceDoor } from './namespace-door.ts';

/** A stand-in Gianna in a real container: serves /health and /metrics, a file breaks it, a restart mends it. */
export interface GiannaContainer {
  readonly id: string;
  /** `host:port` of the service: /health and /metrics. */
  readonly app: string;
  /** `host:port` of its health exporter: answers 503 while the service is broken. */
  readonly health: string;
  break(): Promise<void>;
  /** `StartedAt`, as the engine tells it. */
  startedAt(): Promise<string>;
  stop(): Promise<void>;
}

const APP = 8000;
const HEALTH = 8001;
export const GIANNA_LABEL = 'com.docker.compose.service=gianna';

/** Answers one HTTP request on stdin and stdout; broken: 503, on /metrics of the service never. */
const ANSWER = `
read -r method path rest
while read -r line; do case "$line" in ''|"$(printf '\\r')") break;; esac; done
status='200 OK'; body='{"status":"healthy"}'
if test -e /tmp/broken; then status='503 Service Unavailable'; body='{"status":"unhealthy","reason":"database connection lost"}'; fi
if test "$path" = /metrics; then body='gianna_memory_usage_bytes 4.2e8
'; if test "$1" = app; then status='200 OK'; fi; fi
printf 'HTTP/1.1 %s\\r\\nContent-Type: text/plain\\r\\nContent-Length: %s\\r\\nConnection: close\\r\\n\\r\\n%s' "$status" "\${#body}" "$body"
`;

const SERVE = `
rm -f /tmp/broken
printf '%s' "$ANSWER" > /tmp/answer
busybox nc -ll -p ${HEALTH} -e sh /tmp/answer health &
busybox nc -ll -p ${APP} -e sh /tmp/answer app &
trap 'exit 0' TERM
while :; do sleep 0.1; done
`;

/** Starts the stand-in and the doors that lead to it. */
export async function startGiannaContainer(engine: TestEngine): Promise<GiannaContainer> {
  const [name, value] = GIANNA_LABEL.split('=');
  const id = await engine.run('gianna', {
    argv: ['sh', '-c', `ANSWER='${ANSWER.replaceAll("'", `'"'"'`)}'\n${SERVE}`],
    labels: { [String(name)]: String(value) },
    network: 'host',
  });
  const container = engine.docker.getContainer(id);
  const doors: NamespaceDoor[] = [];
  for (const port of [APP, HEALTH]) doors.push(await openNamespaceDoor(engine.namespace, port));
  return {
    id,
    app: doors[0]?.address ?? '',
    health: doors[1]?.address ?? '',
    break: async () => {
      const exec = await container.exec({ Cmd: ['touch', '/tmp/broken'] });
      await exec.start({ Detach: true });
    },
    startedAt: async () => (await container.inspect()).State.StartedAt,
    stop: async () => {
      for (const door of doors) await door.stop();
    },
  };
}
