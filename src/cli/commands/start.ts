import { type AddCommand, subcommand } from '../context.ts';

/** `start`: runs the bot until SIGTERM or Ctrl-C. */
export const addStart: AddCommand = (program, context) => {
  program.addCommand(
    subcommand('start', 'run the bot until SIGTERM or Ctrl-C').action(async () => {
      context.exit(await context.startApp(context.env));
    }),
  );
};
