import { arch } from 'node:process';

/** The platform whose images run on this machine, as OCI names it: containers are Linux wherever Docker runs. */
export function hostPlatform(): string {
  return `linux/${arch === 'x64' ? 'amd64' : arch}`;
}
