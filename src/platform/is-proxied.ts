import type { ProxyEnvironment } from './proxy-environment.ts'

/**
 * Whether a host is asked through `HTTPS_PROXY`: `NO_PROXY` names hosts, domains with all below them (`.example.org` or
 * `example.org`), any of them with `:port`, or `*`. Decided here and not left to Node, because behind a proxy it is the proxy
 * that looks names up, and nothing can be checked or pinned.
 */
export function isProxied(url: URL, { HTTPS_PROXY, NO_PROXY = '' }: ProxyEnvironment): boolean {
  if (HTTPS_PROXY === undefined) return false
  const host = url.hostname.replaceAll(/[[\]]/g, '')
  const port = url.port === '' ? '443' : url.port
  return !NO_PROXY.split(/[\s,]+/).some((entry) => isExempt(entry.toLowerCase(), host, port))
}

function isExempt(entry: string, host: string, port: string): boolean {
  if (entry === '') return false
  if (entry === '*') return true
  const [, name = entry, onlyPort] = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(entry) ?? []
  if (onlyPort !== undefined && onlyPort !== port) return false
  const domain = name.replaceAll(/[[\]]/g, '').replace(/^\*?\./, '')
  return host === domain || host.endsWith(`.${domain}`)
}
