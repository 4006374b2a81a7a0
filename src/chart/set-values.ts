/**
 * Arguments that give Helm values by their paths, each as what it is: `--set` would cut a text at a comma and take "true" for a
 * boolean. Whole numbers do go through it, as JSON's become floats for Helm, and 1000000 is 1e+06 in a manifest then.
 */
export function setArguments(values: Readonly<Record<string, string | number | boolean>>): readonly string[] {
  return Object.entries(values).flatMap(([key, value]) =>
    Number.isSafeInteger(value) ? ['--set', `${key}=${value}`] : ['--set-json', `${key}=${JSON.stringify(value)}`],
  );
}
