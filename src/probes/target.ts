import type { ContainerSelector } from '../core/config/config.ts';

/** A URL as it may be shown: without user, password, query and fragment. */
export function sayUrl(text: string): string {
  if (!URL.canParse(text)) return 'an address that cannot be read';
  const url = new URL(text);
  const path = url.pathname === '/' && !text.endsWith('/') ? '' : url.pathname;
  return `${url.protocol}//${url.host}${path}`;
}

/** `docker-1/gianna` for a name or id, `docker-1/label=value` for a label. */
export function saySelector(host: string, selector: ContainerSelector): string {
  if ('label' in selector) return `${host}/${selector.label}`;
  return `${host}/${'name' in selector ? selector.name : selector.id.slice(0, 12)}`;
}
