import type { TaskPlan } from '../plan/types.ts';
import { bundle } from './bundle.ts';
import { chartCheck } from './chart-check.ts';
import { chartPackage } from './chart-package.ts';
import { cluster } from './cluster.ts';
import { runCommands } from './commands.ts';
import { e2e } from './e2e.ts';
import { imageBuild } from './image-build.ts';
import { integration } from './integration.ts';
import { lint } from './lint.ts';
import { publishChart } from './publish-chart.ts';
import { publishImage } from './publish-image.ts';
import { release } from './release.ts';
import { tags } from './tags.ts';
import type { StageHost } from './types.ts';
import { unit } from './unit.ts';
import { verify } from './verify.ts';

/** The pipeline. Which stage waits for which stands in plan/tasks.ts; nothing below decides whether it runs. */
export async function runStage(host: StageHost, task: TaskPlan): Promise<void> {
  // A project's own commands take the place of a check; what makes or publishes something is never replaced.
  if (task.commands.run !== null && task.stage !== 'e2e') return runCommands(host, task, task.commands.run, 'run');
  switch (task.stage) {
    // go.mod is tidy, generated files are fresh
    case 'verify':
      return verify.run({ ...host, task });
    // golangci-lint, go vet, helm lint
    case 'lint':
      return lint.run({ ...host, task });
    // go test of what needs nothing but Go
    case 'unit':
      return unit.run({ ...host, task });
    // go test of what needs an API server: envtest
    case 'integration':
      return integration.run({ ...host, task });
    // the chart renders, is complete, and has the CRDs of config/crd/bases
    case 'chart-check':
      return chartCheck.run({ ...host, task });
    // the image for all platforms, on this machine
    case 'image-build':
      return imageBuild.run({ ...host, task });
    // the chart, packed once, pinned to the image's digest
    case 'chart-package':
      return chartPackage.run({ ...host, task });
    // install.yaml
    case 'bundle':
      return bundle.run({ ...host, task });
    // kind
    case 'cluster':
      return cluster.run({ ...host, task });
    // the packed chart installed with the built image, and tested
    case 'e2e':
      return e2e.run({ ...host, task });
    // the image by digest, then its exact tags
    case 'publish-image':
      return publishImage.run({ ...host, task });
    // the very bytes that were tested
    case 'publish-chart':
      return publishChart.run({ ...host, task });
    // GitHub: draft, assets, verification, publication
    case 'release':
      return release.run({ ...host, task });
    // v1.2, v1, stable, latest: last
    case 'tags':
      return tags.run({ ...host, task });
  }
}
