/** What the button of a link does to each incident that its message named, as they stand. */
import type { IncidentState } from '../../alerts/incident-state.ts';
import type { OncallConfig } from '../../core/config/config.ts';
import type { JournalReader } from '../../journal/port.ts';
import { answerTo, type PageAnswer } from '../page-answer.ts';
import { personOf } from '../person.ts';
import type { LinkedPage } from './linked-pages.ts';

/** What the button does to one incident. */
export interface LinkAnswer {
  readonly incident: string;
  readonly answer: PageAnswer;
}

/** Who looks at a link. */
export interface LinkReader {
  readonly journal: Pick<JournalReader, 'aggregate'>;
  readonly oncall: OncallConfig;
  /** Key of oncall.people. */
  readonly person: string;
}

/** What a person answers to each of the pages; without those that nobody has to answer. */
export async function answersTo(pages: readonly LinkedPage[], reader: LinkReader): Promise<LinkAnswer[]> {
  const answers = pages.map(async ({ incident, beyond }): Promise<LinkAnswer[]> => {
    const row = await reader.journal.aggregate<IncidentState>('incident', incident);
    const answer = row === null ? null : answerTo(beyond, row.state, isOwner(row.state, reader));
    return answer === null ? [] : [{ incident, answer }];
  });
  return (await Promise.all(answers)).flat();
}

/** Whether the incident is the person's, by whichever of their accounts. */
export function isOwner({ owner }: IncidentState, { oncall, person }: Omit<LinkReader, 'journal'>): boolean {
  return personOf(owner, oncall) === person;
}

/** Answers as a button carries them: `GI-42=ack GI-43=take-over`. */
export function answersText(answers: readonly LinkAnswer[]): string {
  return answers.map(({ incident, answer }) => `${incident}=${answer}`).join(' ');
}

/** Whether the button said what would be done now; what nobody has to answer any more is left out. */
export function isAsShown(answers: readonly LinkAnswer[], shown: string): boolean {
  const said = new Set(shown.split(' '));
  return answers.every((each) => said.has(answersText([each])));
}
