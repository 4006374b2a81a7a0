import { failure, type Reply } from './call.ts';
import type { Fault } from './faults.ts';
import type { GitHubStandIn } from './index.ts';
import type { Repository } from './model.ts';

/** The stand-in's own endpoints, for tests in another process: look at it, seed it, arm faults. */
export function answerAdmin(standIn: GitHubStandIn, method: string, path: string, raw: Buffer): Reply {
  const body: unknown = raw.length === 0 ? {} : JSON.parse(raw.toString());
  switch (`${method} ${path}`) {
    case 'GET /_standin/requests':
      return { status: 200, body: standIn.requests };
    case 'DELETE /_standin/requests':
      standIn.requests.length = 0;
      return { status: 204 };
    case 'GET /_standin/violations':
      return { status: 200, body: standIn.violations };
    case 'GET /_standin/state':
      return { status: 200, body: standIn.state };
    case 'POST /_standin/faults':
      standIn.faults.add(...([body].flat() as Fault[]));
      return { status: 204 };
    case 'DELETE /_standin/faults':
      standIn.faults.clear();
      return { status: 204 };
    case 'POST /_standin/repositories': {
      const { fullName, ...fields } = body as Partial<Repository> & { fullName: string };
      return { status: 200, body: standIn.seed.repository(fullName, fields) };
    }
    default:
      return failure(404, 'not an endpoint of the stand-in');
  }
}
