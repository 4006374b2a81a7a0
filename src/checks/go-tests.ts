import type { TaskOf } from '../plan/types.ts';
import type { StageHost } from '../stages/types.ts';

/** A stage that runs `go test`. */
export type GoTests = StageHost & { readonly task: TaskOf<'unit' | 'integration'> };
