import type * as z from 'zod';
import { transient } from '../core/errors.ts';

/** What an engine answered, in the shape that is needed of it; keys that nobody asks for are let be. */
export function readAnswer<T>(shape: z.ZodType<T>, answer: unknown): T {
  const read = shape.safeParse(answer);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  throw transient(
    'DOCKER_ANSWER',
    `The Docker Engine answered in an unknown shape (${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}).`,
    'Use an engine with API 1.41 or newer.',
  );
}
