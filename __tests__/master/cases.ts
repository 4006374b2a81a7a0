import type { Case } from './case.ts';
import type { FaultKind } from './fault.ts';
import { githubFaults } from './github-faults.ts';
import { kills } from './kills.ts';
import { registryFaults } from './registry-faults.ts';
import type { Request } from './requests.ts';

export const faultKinds: readonly FaultKind[] = [...githubFaults, ...registryFaults, ...kills];

const most = { every: Number.POSITIVE_INFINITY, three: 3, one: 1 } as const;

/** Every request with every fault that fits it, as far as the fault reaches, in the order of the requests. */
export function allCases(requests: readonly Request[]): readonly Case[] {
  const met = new Map<string, number>();
  return requests.flatMap((request) => {
    const before = met.get(`${request.side} ${request.kind}`) ?? 0;
    met.set(`${request.side} ${request.kind}`, before + 1);
    return faultKinds
      .filter((fault) => fault.fits(request) && before < most[fault.reach])
      .map((fault) => ({ request, fault }));
  });
}
