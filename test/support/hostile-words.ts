/** Texts that something on the way could read as more than a text, by class; FILE is a file that must not come to be. */
export const HOSTILE_WORDS: Readonly<Record<string, readonly string[]>> = {
  shell: [
    '$(touch FILE)',
    '`touch FILE`',
    '; touch FILE',
    '| touch FILE',
    '&& touch FILE',
    '> FILE',
    '*',
    "'; touch FILE; '",
  ],
  option: ['-rf', '--help', '-oProxyCommand=touch FILE', '--'],
  path: ['../../etc/passwd', '/etc/shadow', '~root', 'C:\\x'],
  newline: ['\ntouch FILE', 'a\r\nb', '\u2028x'],
  unicode: ['\u202Egnp.exe', 'zero\u200Bwidth', 'e\u0301', '👩‍👩‍👧‍👦', '\u0000nul'],
  template: ['${HOME}', '{{ .Labels }}', '%s%n', '#{1+1}'],
  yaml: ['!!js/function x', '- a: b', '&a *a', '\'"', '{}'],
  mrkdwn: ['<!channel>', '<@U01ANA>', '*bold*', '```'],
};
