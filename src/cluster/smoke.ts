import { join } from 'node:path';
import { Problem } from '../errors.ts';
import { sleep } from '../net/sleep.ts';
import type { StageContext } from '../stages/types.ts';
import type { Kubectl } from './kubectl.ts';

/** How long the operator gets to choke on a sample before it is looked at again. */
const settleMs = 5_000;

/** The samples are accepted by the API server, and the operator survives them. Errors: OR-E2E-SAMPLE. */
export async function smoke(context: StageContext<'e2e'>, kubectl: Kubectl): Promise<string> {
  const { samples, namespace } = context.task;
  for (const sample of samples) {
    context.progress(`applying ${sample}`);
    const result = await kubectl.run(['apply', '--namespace', namespace, '--filename', join(context.root, sample)], { allowFailure: true });
    if (result.exitCode !== 0) {
      throw new Problem('OR-E2E-SAMPLE', `the API server refuses ${sample}`, {
        hint: 'a sample has to be valid for the CRD that the chart installs',
        excerpt: result.stderr.trim(),
        at: { file: sample },
      });
    }
  }
  if (samples.length > 0) await sleep(settleMs, context.signal);
  return samples.length === 0 ? 'installed and ready' : `installed, ready, ${samples.length} sample${samples.length === 1 ? '' : 's'} applied`;
}
