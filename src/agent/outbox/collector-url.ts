/**
 * Checks the collector's address: `https`, or `http` where it never leaves this machine; an origin and nothing more.
 * Throws `CollectorUrlError`: a start-up fault.
 */
export function assertCollectorUrl(text: string): URL {
  const url = URL.parse(text)
  const quoted = JSON.stringify(text.slice(0, 200))
  if (!url) throw new CollectorUrlError(`collector ${quoted} is not a URL`)
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new CollectorUrlError(`collector ${quoted} must be https`)
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    throw new CollectorUrlError(
      `collector ${quoted} is not on this machine, so it must be https: events name what children looked up`,
    )
  if (url.username || url.password)
    throw new CollectorUrlError('collector must not hold a user name or password')
  if (url.pathname !== '/' || url.search || url.hash)
    throw new CollectorUrlError(`collector ${quoted} must end after its host and port`)
  return url
}

/** Whether a URL's host is this machine whatever the network says. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname)
}

/** A collector that events must not be sent to. */
class CollectorUrlError extends Error {
  readonly code = 'EDGE_COLLECTOR_URL'
}
