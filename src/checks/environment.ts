import type { StageName, TaskOf } from '../plan/types.ts';
import type { StageContext, StageHost } from '../stages/types.ts';

/** A stage that runs `go test`. */
export type GoTests = StageHost & { readonly task: TaskOf<'unit' | 'integration'> };

/** The same stage, with the `env` of its section in the environment of every tool that it runs. */
export function withEnvironment<Name extends StageName>(context: StageContext<Name>): StageContext<Name> {
  const { env } = context.task.commands;
  return {
    ...context,
    run: (tool, args, options = {}) => context.run(tool, args, { ...options, env: { ...env, ...options.env } }),
  };
}
