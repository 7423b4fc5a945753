import { isSecretRef } from '../../secret-ref.ts';
import type { SecretField } from '../fields.ts';
import type { Edit } from './edit.ts';

/** The own keys of a step `file`: exactly one of content, replace and set. */
export interface FileBody {
  readonly path: string;
  readonly content?: SecretField | undefined;
  readonly replace?: { readonly from: string; readonly to: SecretField; readonly count: number } | undefined;
  readonly set?: Readonly<Record<string, SecretField>> | undefined;
  readonly quotes: 'none' | 'single';
  readonly mode?: string | undefined;
  readonly owner?: string | undefined;
  readonly show: 'diff' | 'digest';
}

/** Its change, each secret replaced by what `open` gives for it. */
export function editOf({ content, replace, set, quotes }: FileBody, open: (field: SecretField) => string): Edit {
  if (content !== undefined) return { kind: 'content', content: open(content) };
  if (replace !== undefined) return { kind: 'replace', ...replace, to: open(replace.to) };
  const values = Object.entries(set ?? {}).map(([name, value]) => [name, open(value)] as const);
  return { kind: 'set', values: Object.fromEntries(values), quotes };
}

/** Whether what it writes holds a secret, so that nothing of it may be shown. */
export function hasSecret({ content, replace, set }: FileBody): boolean {
  return [content, replace?.to, ...Object.values(set ?? {})].some(isSecretRef);
}
