/** A release of several operators has one file of its kind for each. */
export function assetName(name: string, operator: string, parts: readonly unknown[]): string {
  return parts.length === 1 ? name : `${operator}-${name}`;
}
