import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseManifests } from '../chart/rendered.ts';
import { Problem } from '../errors.ts';
import { sleep } from '../net/sleep.ts';
import type { StageContext } from '../stages/types.ts';
import type { Kubectl } from './kubectl.ts';

/** How long the operator gets to choke on a sample before it is looked at again. */
const settleMs = 5_000;

/** The samples are accepted by the API server, and the operator survives them. Errors: OR-E2E-SAMPLE. */
export async function smoke(context: StageContext<'e2e'>, kubectl: Kubectl): Promise<string> {
  const { samples, namespace } = context.task;
  let applied = 0;
  for (const sample of samples) {
    if (await isUnfinished(join(context.root, sample))) {
      context.log.info(`${sample} has an empty spec: nobody has filled it in yet, so it is left out`);
      continue;
    }
    context.progress(`applying ${sample}`);
    const result = await kubectl.run(['apply', '--namespace', namespace, '--filename', join(context.root, sample)], {
      allowFailure: true,
    });
    if (result.exitCode !== 0) {
      throw new Problem(
        'OR-E2E-SAMPLE',
        `the API server refuses ${sample}: ${result.stderr.trim().split('\n')[0] ?? ''}`,
        {
          hint: 'a sample has to be valid for the CRD that the chart installs',
          excerpt: result.stderr.trim(),
          at: { file: sample },
        },
      );
    }
    applied++;
  }
  if (applied > 0) await sleep(settleMs, context.signal);
  return applied === 0
    ? 'installed and ready'
    : `installed, ready, ${applied} sample${applied === 1 ? '' : 's'} applied`;
}

/** kubebuilder scaffolds samples with "spec:" and a comment; no API server takes them. */
async function isUnfinished(file: string): Promise<boolean> {
  const objects = parseManifests(await readFile(file, 'utf8'), file);
  return objects.some((object) => object['spec'] === null);
}
