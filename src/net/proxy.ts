import { EnvHttpProxyAgent, setGlobalDispatcher } from 'undici';

const names = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'];

/**
 * Sends what this process fetches through the proxy of HTTPS_PROXY and HTTP_PROXY, save for the hosts of NO_PROXY. Node's own
 * fetch asks for that by a variable that has to be set before it starts, which nobody can do for an action.
 */
export function useProxy(env: Readonly<Record<string, string | undefined>>): void {
  if (!names.some((name) => (env[name] ?? '') !== '')) return;
  // That its interface may change concerns who upgrades undici, not who runs this.
  const warn = process.emitWarning.bind(process);
  process.emitWarning = () => undefined;
  const agent = new EnvHttpProxyAgent();
  process.emitWarning = warn;
  setGlobalDispatcher(agent);
}
