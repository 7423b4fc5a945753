/** The environment of this process, as it was handed to us. */
export function processEnvironment(): NodeJS.ProcessEnv {
  return process.env;
}
