import type { Listen } from '../config/collector-options.ts'
import { CollectorError } from '../config/collector-options.ts'

/** The names under which the console may be asked for: anything else is somebody's DNS rebinding. */
export interface AllowedHosts {
  /** The origin of a Host header, or undefined when it is none of ours. */
  readonly originOf: (host: string | undefined) => string | undefined
  /** Told of each place where the console listens, once its port is known. */
  readonly listensAt: (scheme: 'http' | 'https', at: Listen) => void
}

/** Throws `CollectorError` when a public host is not one. */
export function makeAllowedHosts(publicHosts: readonly string[]): AllowedHosts {
  const origins = new Map<string, string>()
  const add = (text: string): void => {
    const origin = originFrom(text)
    origins.set(new URL(origin).host, origin)
  }
  publicHosts.forEach(add)
  return {
    originOf: (host) => (host === undefined ? undefined : origins.get(host.toLowerCase())),
    listensAt: (scheme, { host, port }) => {
      for (const own of ['127.0.0.1', 'localhost', '[::1]', ...specific(host)])
        add(`${scheme}://${own}:${port}`)
    },
  }
}

/** An address that a browser can be pointed at; a wildcard is none. */
function specific(host: string): readonly string[] {
  if (host === '0.0.0.0' || host === '::' || host === '') return []
  return [host.includes(':') ? `[${host}]` : host]
}

function originFrom(text: string): string {
  const url = URL.parse(text.includes('://') ? text : `http://${text}`)
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.host === '')
    throw new CollectorError(`public host "${text}" is not a host, host:port or https://host`)
  return url.origin
}
