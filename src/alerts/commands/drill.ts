import { type Act, type Handle, isRefusal, refusal } from './act.ts';
import { openByHand } from './open.ts';
import { readSeverity } from './severity.ts';

const MARK = '[DRILL]';
const LONGEST_NOTE = 200;

/**
 * `drill { severity, service?, note?, paper? }`: an incident that is marked as a drill wherever it shows, pages like any
 * other (with `paper` its pages are written down alone), and ends by itself after an hour.
 */
export const drill: Handle<Act> = async (act) => {
  const { severity: asked, note = '', paper = false } = act.command.args;
  const severity = readSeverity(asked);
  if (typeof severity !== 'string') return severity;
  const policy = act.config.severities[severity];
  if (policy.digest || policy.levels.length === 0) {
    const what = `${severity} pages nobody: there is nothing to try out. No drill was opened.`;
    return refusal('DRILL_PAGES_NOBODY', what, 'Drill a severity that has levels in severities.yml.');
  }
  const said = typeof note === 'string' ? note.trim() : '';
  if (said.length > LONGEST_NOTE) {
    const what = `The note has ${said.length} characters; ${LONGEST_NOTE} is the most. No drill was opened.`;
    return refusal('NOTE_TOO_LONG', what, 'Shorten it.');
  }
  const onPaper = paper === true || paper === 'yes';
  const opened = await openByHand(act, {
    severity,
    alertname: 'drill',
    title: `${MARK} ${said === '' ? `${severity}: who answers, and how fast` : said}`,
    description: onPaper ? ON_PAPER : FOR_REAL,
    drill: { paper: onPaper },
  });
  if (isRefusal(opened)) return opened;
  const how = onPaper ? 'on paper: nobody is paged' : 'people are paged for real';
  return {
    ...opened,
    text: `${opened.incident} opened as a drill (${severity}), ${how}. It ends by itself after an hour.`,
  };
};

const FOR_REAL = 'This is a drill: nothing is broken. Answer as if it were real: acknowledge, then resolve.';
const ON_PAPER = 'This is a drill on paper: nothing is broken, and nobody is paged. Who would be is written down here.';
