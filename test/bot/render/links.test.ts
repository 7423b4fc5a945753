import { describe, expect, it } from 'vitest';
import { safeLink } from '../../../src/bot/render/links.ts';

describe('a foreign URL', () => {
  it.each([
    ['https://prom.example.com:9090/graph?g0.expr=up%7B%7D+%3D%3D+0&g0.tab=1', 'prom.example.com'],
    ['http://Prometheus.Example.com/graph', 'prometheus.example.com'],
    ['https://[2606:4700::1111]/x', '[2606:4700::1111]'],
    ['http://8.8.8.8/', '8.8.8.8'],
  ])('is linked with its host shown: %s', (url, host) => {
    expect(safeLink(url, 'Prometheus')).toMatch(/^<https?:\/\/[^<>|]+\|Prometheus \([^<>|]+\)>$/);
    expect(safeLink(url, 'Prometheus')).toContain(`(${host})`);
  });

  it('keeps what would end the link out of it', () => {
    expect(safeLink('https://a.example/x|y', 'Runbook')).toBe('<https://a.example/x%7Cy|Runbook (a.example)>');
  });

  it.each([
    'http://010.0.0.1/',
    'http://0x08080808/',
    'http://8.8/',
    'http://134744072/',
    ' https://a.example/',
    'https://a.example/ <!here>',
    'https://a.exa\tmple/',
    'https:\\\\a.example\\x',
    'https:a.example/',
    'http://169.254.169.254/latest/meta-data/',
    'http://user:secret@a.example/',
    'javascript:alert(1)',
    'file:///etc/passwd',
  ])('is no link when it is not plainly a public address: %j', (url) => {
    expect(safeLink(url, 'Prometheus')).toBeNull();
  });
});
