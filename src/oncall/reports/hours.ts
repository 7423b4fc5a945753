import type { OncallConfig } from '../../core/config/config.ts';
import { dayOf, HOUR_MS, labelAt } from '../../core/wall-time.ts';
import type { BusinessClock } from '../business-time.ts';

/** What time of the day it was for somebody who was paged. */
export interface PageHour {
  /** 0 to 23, by the person's own zone, else the team's. */
  readonly hour: number;
  /** Within business_time. */
  readonly isBusiness: boolean;
  readonly isNight: boolean;
}

/** Tells it of a person (key of oncall.people) and a moment (epoch ms). */
export type PagedAt = (person: string, at: number) => PageHour;

const NIGHT_FROM = 22;
const NIGHT_TO = 7;

/** Reads times of the day by the people and business time of a configuration. */
export function createPagedAt({ people, businessTime }: OncallConfig, business: BusinessClock): PagedAt {
  return (person, at) => {
    const own = Object.hasOwn(people, person) ? people[person]?.timezone : null;
    const label = labelAt(own ?? businessTime.timezone, at);
    const hour = Math.floor((label - dayOf(label)) / HOUR_MS);
    return { hour, isBusiness: business.isBusinessTime(at), isNight: hour >= NIGHT_FROM || hour < NIGHT_TO };
  };
}
