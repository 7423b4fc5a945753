import { request } from 'node:http';
import { type ErrorReport, OpsError, refuse } from '../core/errors.ts';
import type { Json, JsonObject } from '../core/json.ts';

/** A refusal or failure that the running bot reported, with its own reference. */
export class RemoteError extends Error {
  readonly report: ErrorReport;

  constructor(report: ErrorReport) {
    super(report.error.message);
    this.name = 'RemoteError';
    this.report = report;
  }
}

/** Asks the running bot: throws `BOT_NOT_RUNNING` when none listens, `RemoteError` when it refuses. */
export type AskBot = (route: string, input: JsonObject) => Promise<Json>;

/** The CLI's side of the Unix socket at `path`; `token`: who calls, null for `local`. */
export function createAskBot(path: string, token: string | null): AskBot {
  const headers = token === null ? {} : { authorization: `Bearer ${token}` };
  return (route, input) =>
    new Promise((resolve, reject) => {
      const options = { socketPath: path, path: `/v1/${route}`, method: 'POST', agent: false, headers };
      const call = request(options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', (error) => reject(lost(error)));
        response.on('end', () => {
          try {
            const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Json;
            if (response.statusCode === 200) resolve(body);
            else reject(new RemoteError(body as unknown as ErrorReport));
          } catch (error) {
            reject(lost(error));
          }
        });
      });
      call.on('error', (error: NodeJS.ErrnoException) => reject(isAbsent(error) ? notRunning(path) : lost(error)));
      call.end(JSON.stringify(input));
    });
}

/** Whether an error says that no bot runs. */
export function isNotRunning(error: unknown): boolean {
  return error instanceof OpsError && error.code === 'BOT_NOT_RUNNING';
}

function isAbsent({ code }: NodeJS.ErrnoException): boolean {
  return code === 'ENOENT' || code === 'ECONNREFUSED';
}

function notRunning(path: string): OpsError {
  return refuse(
    'BOT_NOT_RUNNING',
    `This needs the running bot, and none answers on ${path}. Nothing was changed.`,
    'Start it with: npm start. If it runs with another GIANNA_SOCKET or GIANNA_DATABASE_URL, set the same here.',
  );
}

function lost(cause: unknown): OpsError {
  return new OpsError({
    code: 'BOT_LOST',
    family: 'transient',
    message: 'The bot stopped answering; whether it took the request is not known.',
    remedy: 'Look at: gianna-ops incidents, gianna-ops runs.',
    cause,
  });
}
