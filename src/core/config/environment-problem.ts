/** What is wrong with a variable of the environment. */
export interface EnvironmentProblem {
  readonly variable: string;
  /** `start`: only starting the bot is refused; reading and checking work without it. */
  readonly neededFor: 'everything' | 'start';
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly remedy: string;
}
