import { closest } from '../../suggest.ts';
import type { Written } from '../files.ts';
import { didYouMean, type Report } from '../problem.ts';
import { entriesOf } from './names.ts';

const FILE = 'slack.yml';
/** Forms that name somebody by themselves: a member id, an e-mail address, a user group. */
const SELF_EXPLAINING = /^([UW][A-Z0-9]{2,}|[^\s@]+@[^\s@]+|@\S+)$/;

/** slack.yml: the default channel, and who stands in roles (CONFIG.md, Rights). */
export function checkRoles({ slack, oncall, hosts, names }: Written, report: Report): void {
  if (slack === null) return;
  if (slack.channels !== undefined && !names.channels.includes('ops')) {
    const message = 'missing key "ops"; incidents without a channel of their own go there';
    report({ file: FILE, path: ['channels'], at: 'key', message, hint: didYouMean(closest('ops', names.channels, 1)) });
  }
  const environments = new Set(entriesOf(hosts?.services).map(([, service]) => service.environment));
  for (const [role, members] of entriesOf(slack.roles)) {
    const environment = role.split('@')[1];
    if (environment !== undefined && hosts !== null && !environments.has(environment)) {
      const message = `no service of hosts.yml has the environment "${environment}"`;
      report({ file: FILE, path: ['roles', role], at: 'key', message });
    }
    for (const [index, member] of (members ?? []).entries()) {
      if (oncall === null || SELF_EXPLAINING.test(member) || names.people.includes(member)) continue;
      report({
        file: FILE,
        path: ['roles', role, index],
        message: `"${member}" is nobody: write a person of oncall.yml, a Slack id (U…), an e-mail address or @usergroup`,
        hint: didYouMean(closest(member, names.people, 1)),
      });
    }
  }
  if (slack.blocks === 'rich') {
    report({
      file: FILE,
      path: ['blocks'],
      severity: 'warning',
      message: 'rich blocks are not built yet: plain is used',
    });
  }
  if (slack.language === 'pt') {
    report({ file: FILE, path: ['language'], severity: 'warning', message: 'Portuguese is not built yet: en is used' });
  }
}
