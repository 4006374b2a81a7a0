import { stageNames } from '../plan/types.ts';
import type { EventPlan, ImagePlan, OperatorPlan, Plan, SigningPlan, TaskPlan } from '../plan/types.ts';
import { colours, noPaint } from './paint.ts';
import type { Paint } from './paint.ts';
import { groupBy, list, oneLine, pad, shortDigest, width } from './text.ts';

export interface PlanTextOptions {
  /** Version of operator-release itself. */
  readonly toolVersion: string;
  readonly colour?: boolean;
}

/** What the run is about: `tag v1.2.3`, `pull request #7`, `branch main`. */
export function eventInWords(event: EventPlan): string {
  switch (event.kind) {
    case 'pull_request':
      return `pull request ${event.refName}`;
    case 'push':
      return `branch ${event.refName}`;
    case 'tag':
      return `tag ${event.refName}`;
    case 'workflow_dispatch':
      return `started by hand on ${event.refName}`;
    case 'schedule':
      return `schedule on ${event.refName}`;
    case 'local':
      return `local, ${event.refName}`;
  }
}

/** `1.2.2 → 1.2.3`. */
export function versionInWords({ version }: OperatorPlan): string {
  return version.previous === null ? `${version.text} (its first)` : `${version.previous} → ${version.text}`;
}

/** The plan as lines for people. */
export function renderPlan(plan: Plan, options: PlanTextOptions): string[] {
  const paint = options.colour === true ? colours : noPaint;
  const { event } = plan;
  const head = [
    `operator-release ${options.toolVersion}`,
    eventInWords(event),
    event.sha.slice(0, 7),
    event.repository,
  ];
  const lines = [
    paint.bold(
      head
        .map(oneLine)
        .filter((part) => part !== '')
        .join(' · '),
    ),
    `${event.publishes ? paint.green('publishes') : paint.yellow('not published')}: ${oneLine(event.publishReason)}`,
  ];
  if (plan.operators.some(isPublished)) lines.push(signingInWords(plan.signing, paint));
  if (plan.operators.length === 0) lines.push('', paint.bold('nothing to do: no operator is affected'));
  const names = Math.max(0, ...plan.operators.map((operator) => width(oneLine(operator.name))));
  for (const operator of plan.operators) lines.push('', ...renderOperator(operator, names, paint));
  if (plan.unaffected.length > 0) {
    lines.push('');
    for (const [reason, group] of groupBy(plan.unaffected, (operator) => operator.reason)) {
      lines.push(paint.dim(oneLine(`${list(group.map((operator) => operator.name))}: ${reason}`)));
    }
  }
  return lines;
}

function isPublished({ tasks }: OperatorPlan): boolean {
  return tasks.some(({ stage }) => stage === 'publish-image' || stage === 'publish-chart');
}

function signingInWords(signing: SigningPlan, paint: Paint): string {
  if (!signing.sign) return `${paint.yellow('not signed')}: ${oneLine(signing.reason)}`;
  const by = `with the identity of the job, certified by ${new URL(signing.fulcio).host}`;
  return `${paint.green('signed')}: ${by}${signing.required ? ', or nothing is published' : ', where the job has one'}`;
}

function renderOperator(operator: OperatorPlan, nameWidth: number, paint: Paint): string[] {
  const name = pad(oneLine(operator.name), nameWidth);
  const reasons = operator.affected.by.length > 0 ? `   (${oneLine(list(operator.affected.by, 3))})` : '';
  return [
    `${paint.bold(name)}  ${paint.bold(oneLine(versionInWords(operator)))}${paint.dim(reasons)}`,
    ...labelled('image', imageLines(operator.image, paint), paint),
    ...labelled('chart', chartLines(operator), paint),
    ...labelled('release', releaseLines(operator), paint),
    ...labelled('e2e', e2eLines(operator.tasks), paint),
    ...labelled('stages', stageLines(operator, paint), paint),
  ];
}

const labelWidth = 8;

/** Lines under a label of their own; nothing when there are none. */
function labelled(label: string, lines: readonly string[], paint: Paint): string[] {
  return lines.map(
    (line, index) => `  ${index === 0 ? paint.cyan(pad(label, labelWidth)) : pad('', labelWidth)}${line}`,
  );
}

function imageLines(image: ImagePlan | null, paint: Paint): string[] {
  if (image === null) return [];
  const tags = [
    ...image.tags.map((tag) => ({ ...tag, mark: tag.moving ? paint.cyan('→') : paint.green('+') })),
    ...image.skippedTags.map((tag) => ({ ...tag, mark: paint.dim('–') })),
  ];
  const tagWidth = Math.max(0, ...tags.map(({ tag }) => width(oneLine(tag))));
  return [
    `${oneLine(image.repository)}   ${oneLine(image.platforms.join(', '))}`,
    oneLine(origin(image)),
    ...tags.map(({ tag, reason, mark }) => `${mark} ${pad(oneLine(tag), tagWidth)}   ${oneLine(reason)}`),
  ];
}

/** Where the image comes from. */
export function origin(image: ImagePlan): string {
  if (image.promote !== null) {
    return `promote ${shortDigest(image.promote.digest)} (built and tested for this commit; tag ${image.promote.tag})`;
  }
  if (image.builder === 'ko') {
    const unused = Object.keys(image.buildArgs);
    // The plan of a machine without Docker takes ko where the configuration describes a Dockerfile.
    const without = unused.length === 0 ? '' : `, which takes no build arguments (${unused.join(', ')})`;
    return `build with ko from ${image.mainPackage}${without}`;
  }
  const flags = [
    ...(image.target === null ? [] : [`--target ${image.target}`]),
    ...Object.entries(image.buildArgs).map(([name, value]) => `--build-arg ${name}=${value}`),
  ];
  return [`build with buildx from ${image.dockerfile ?? 'Dockerfile'}, context ${image.context}`, ...flags].join(' ');
}

function chartLines({ chart }: OperatorPlan): string[] {
  if (chart === null) return [];
  return [`${oneLine(`oci://${chart.repository}:${chart.version}`)}   appVersion ${oneLine(chart.appVersion)}`];
}

function releaseLines({ release, version }: OperatorPlan): string[] {
  if (release === null) return [];
  const latest = release.makeLatest ? 'Latest' : 'not Latest';
  const parts = [
    release.tag,
    version.previousTag === null ? 'notes from the beginning' : `notes since ${version.previousTag}`,
    ...(release.prerelease ? ['pre-release'] : []),
    release.latestReason === '' ? latest : `${latest} (${release.latestReason})`,
  ];
  return [oneLine(parts.join(' · '))];
}

function e2eLines(tasks: readonly TaskPlan[]): string[] {
  return tasks.flatMap((task) => {
    if (task.stage !== 'e2e') return [];
    const reason = oneLine(task.testsReason);
    return [
      oneLine(`${testsInWords(task.tests)} in namespace ${task.namespace}${reason === '' ? '' : ` (${reason})`}`),
    ];
  });
}

function testsInWords(tests: Extract<TaskPlan, { stage: 'e2e' }>['tests']): string {
  switch (tests.kind) {
    case 'chainsaw':
      return `chainsaw ${tests.folder}`;
    case 'make':
      return `make ${tests.target}`;
    case 'go':
      return `go test ${tests.package}`;
    case 'smoke':
      return 'deploy and wait until ready';
  }
}

/** Stages in the reports' order, an arrow before those that change registry or GitHub, then what is left out and why. */
function stageLines({ tasks, skipped }: OperatorPlan, paint: Paint): string[] {
  const sorted = [...tasks].sort((a, b) => stageNames.indexOf(a.stage) - stageNames.indexOf(b.stage));
  const local = sorted.filter((task) => task.effect !== 'remote').map((task) => task.stage);
  const remote = sorted.filter((task) => task.effect === 'remote').map((task) => task.stage);
  const stages = [...local, ...(remote.length > 0 ? [paint.bold('→'), ...remote] : [])];
  const reasons = [...groupBy(skipped, ({ reason }) => oneLine(reason))];
  return [
    ...(stages.length > 0 ? [stages.join(' ')] : []),
    ...reasons.map(([reason, group]) => paint.dim(`without ${group.map(({ stage }) => stage).join(', ')}: ${reason}`)),
  ];
}
