import type { Row } from './results.ts';

const head = `# Faults

What a release does when one of its requests goes wrong, or when it is killed there, and what the next run makes of it.
Written by \`npm run master\`, which makes the same small release again and again: the shipped \`dist/\` in a process of its own, a real
registry behind a proxy that breaks requests, and a stand-in for GitHub that is checked against GitHub's own description.
A second run follows without any fault. A case is good (✓) when

- the second run succeeds, and release, files, notes, image, chart and tags are those of a release that nothing disturbed;
- it writes nothing when the first run had succeeded;
- at every moment, after each single request: a tag has one release; what is public is whole and stays; Latest, moving tags and
  versions never go back or change; the image was there before the chart, the chart before the release, the release before what moves;
  tag, image and release are of one commit; all that the chart deploys can be pulled; and no secret was in a log, an argument, an
  output, a file or the environment of a command.

Rows: G are GitHub's faults, R those of registries. Kills and broken connections are tried at every request, other faults at the first
three requests of a kind, variants of one fault at the first. \`first run\` is how the disturbed run ended: released all the same,
killed, or stopped with this code of [errors.md](errors.md). \`writes\` counts the changes that the second run made.

`;

/** The Markdown of docs/faults.md. `of`: how many cases there are; the rest has not been run on this build. */
export function faultTable(rows: readonly Row[], of: number): string {
  const good = rows.filter((row) => row.good).length;
  const released = rows.filter(({ outcome }) => outcome === 'released').length;
  const killed = rows.filter(({ outcome }) => outcome === 'killed').length;
  const requests = new Map<string, Row[]>();
  for (const row of rows) requests.set(row.request, [...(requests.get(row.request) ?? []), row]);
  const counts =
    `${rows.length === of ? '' : `${rows.length} of `}${of} cases, ${good} good. The disturbed run released all the same in ${released}, ` +
    `was killed in ${killed}, and stopped with one error in ${rows.length - released - killed}.\n`;
  const sections = [...requests].map(([request, all]) => {
    const lines = all.map(
      ({ row, what, outcome, writes, good: isGood }) =>
        `| ${row} | ${what} | ${outcome} | ${writes} | ${isGood ? '✓' : '✗'} |`,
    );
    return `\n## ${request}\n\n| | fault | first run | writes | |\n|---|---|---|---|---|\n${lines.join('\n')}\n`;
  });
  return `${head}${counts}${sections.join('')}`;
}
