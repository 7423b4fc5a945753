import * as z from 'zod';

const LONGEST = { service: 100, version: 200, by: 100, environment: 100, url: 1_500 } as const;

const text = (most: number) =>
  z
    .string({ error: 'must be a string' })
    .trim()
    .min(1, 'must not be empty')
    .max(most, `must have at most ${most} characters`);

/**
 * What `POST /webhooks/deploy` takes; unknown fields are ignored. Sample:
 * {"service":"gianna","version":"v1.42","by":"ana","url":"https://ci.example.com/42","at":"2026-11-22T13:44:00Z"}
 */
export const DeployMark = z.object({
  service: text(LONGEST.service),
  version: text(LONGEST.version),
  by: text(LONGEST.by).nullish(),
  environment: text(LONGEST.environment).nullish(),
  url: text(LONGEST.url).refine(isHttp, 'must be a URL that begins with http:// or https://').nullish(),
  /** When it was rolled out; without it, when we were told. */
  at: z.iso.datetime({ offset: true, error: 'must be a time such as "2026-11-22T13:44:00Z"' }).nullish(),
});
export type DeployMark = z.infer<typeof DeployMark>;

/** Reads a body as a deploy mark, or says which field keeps it from being one. Never throws. */
export function readDeploy(
  body: Uint8Array,
):
  | { readonly kind: 'ok'; readonly mark: DeployMark }
  | { readonly kind: 'refused'; readonly field: string; readonly message: string } {
  const json = parseJson(body);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    return { kind: 'refused', field: 'body', message: 'is not a JSON object' };
  }
  const parsed = DeployMark.safeParse(json);
  if (parsed.success) return { kind: 'ok', mark: parsed.data };
  const [issue] = parsed.error.issues;
  const field = issue?.path.join('.') ?? 'body';
  const isMissing = !Object.hasOwn(json, field);
  return { kind: 'refused', field, message: isMissing ? 'is missing' : (issue?.message ?? 'cannot be read') };
}

/** Why a body is no deploy mark; null: it is one. */
export function deployProblem(body: Uint8Array): { readonly field: string; readonly message: string } | null {
  const read = readDeploy(body);
  return read.kind === 'ok' ? null : { field: read.field, message: read.message };
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return null;
  }
}

function isHttp(url: string): boolean {
  return /^https?:\/\//i.test(url) && URL.canParse(url);
}
