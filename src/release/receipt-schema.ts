import * as v from 'valibot';

/**
 * `release.json`, as schema/release.schema.json publishes it. Holds no clock and nothing of the run, so that a re-run writes
 * the same bytes; a re-run, a rollback or a promotion can be driven from it. A key may be added under the same number,
 * none changed or taken away.
 */

const described = <Schema extends v.GenericSchema>(schema: Schema, text: string) => v.pipe(schema, v.description(text));

const text = v.pipe(v.string(), v.minLength(1));
const digest = v.pipe(v.string(), v.regex(/^sha256:[0-9a-f]{64}$/));

const image = v.strictObject({
  repository: described(text, '`host[:port]/path`, without a tag.'),
  digest: described(digest, 'Of the index or manifest that the tags stand for.'),
  platforms: described(v.array(text), 'What the published image runs on, `os/arch[/variant]`, in its own order.'),
  tags: described(v.array(text), 'The tags that never move.'),
});

const chart = v.strictObject({
  repository: described(text, '`host[:port]/path/name`, without `oci://` and a tag.'),
  version: described(text, 'Semantic version, as Chart.yaml has it.'),
  digest: described(digest, "Of the chart's manifest in the registry."),
  sha256: described(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)), 'Of the packed file, which is an asset too.'),
});

export const receiptSchema = v.strictObject({
  schema: v.literal(1),
  repository: described(text, '`owner/name` at GitHub.'),
  tag: described(text, 'The git tag.'),
  version: described(text, 'Semantic version without a prefix.'),
  commit: described(v.pipe(v.string(), v.regex(/^[0-9a-f]{40}$/)), 'What everything was built from.'),
  operators: v.array(
    v.strictObject({
      name: text,
      image: described(v.nullable(image), 'Null where none was published.'),
      chart: described(v.nullable(chart), 'Null where none was published.'),
    }),
  ),
});
