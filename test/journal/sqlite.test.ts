import { openTestJournal } from '../support/journal.ts';
import { describeJournalContract } from './contract.ts';

describeJournalContract('SQLite', (maxWaiting) => openTestJournal({ maxWaiting }));
