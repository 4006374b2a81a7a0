/** Bytes as `21.4 MB`, in decimal megabytes as registries show them. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
