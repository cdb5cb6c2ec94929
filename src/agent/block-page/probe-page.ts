import { request as requestPlain } from 'node:http'
import { request as requestSecure } from 'node:https'

const PART = /^(https?) (?:\[([0-9a-f:.]+)\]|([\d.]+)):(\d+)$/i

/**
 * Why the page is not served at a place such as `http 192.0.2.80:80`, in words, or undefined where it is. The certificate is not
 * judged: whether devices trust it only they know. Never rejects.
 */
export function probePage(part: string, timeoutMs: number): Promise<string | undefined> {
  const [, scheme, ipv6, ipv4 = '', port] = PART.exec(part) ?? []
  if (scheme === undefined) return Promise.resolve('it has no address')
  const address = ipv6 ?? ipv4
  const host = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address
  const options = {
    host,
    port: Number(port),
    path: '/',
    headers: { accept: 'text/html', connection: 'close' },
    agent: false,
    signal: AbortSignal.timeout(timeoutMs),
  } as const
  return new Promise((resolve) => {
    const asked =
      scheme === 'https'
        ? requestSecure({ ...options, rejectUnauthorized: false })
        : requestPlain(options)
    asked.on('response', (response) => {
      response.resume()
      const isOurs = (response.headers['content-security-policy'] ?? '').includes('frame-ancestors')
      resolve(isOurs ? undefined : 'something else answers there')
    })
    asked.on('error', (error) => resolve(`it does not answer: ${error.message}`))
    asked.end()
  })
}
