import type { RequestListener } from 'node:http'
import { createServer, type Server } from 'node:https'
import { parseAddress } from '#domain/ip-address.ts'
import type { Clock } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import type { ServerNames } from '#platform/own-certificate.ts'
import { ServedCertificate } from '#platform/served-certificate.ts'
import { CollectorError, type CollectorOptions } from '../config/collector-options.ts'

const OWN_FILE = 'console-tls.pem'
const LOOPBACK = ['localhost', '127.0.0.1', '::1'] as const
const TLS_MIN = 'TLSv1.2'

/** The certificate of the console over TLS. Throws `CollectorError` where there is none that can be used. */
export function openConsoleCertificate(
  { stateDir, publicHosts }: Pick<CollectorOptions, 'stateDir' | 'publicHosts'>,
  { host, files }: NonNullable<CollectorOptions['secure']>,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): ServedCertificate {
  const told: string[] = []
  const certificate = new ServedCertificate({
    names: namesOf([...LOOPBACK, host, ...publicHosts.flatMap(hostOf)]),
    files,
    stateDir,
    ownFile: OWN_FILE,
    clock,
    onFault: (text) => {
      told.push(text)
      log.warn({ detail: text }, 'certificate of the console')
    },
  })
  let isThere = false
  certificate.serve(() => {
    isThere = true
  })
  if (isThere) return certificate
  certificate.close()
  throw new CollectorError(told.join('; '))
}

/** A server over TLS that shows the certificate, and each newer one. */
export function makeTlsServer(certificate: ServedCertificate, handler: RequestListener): Server {
  const server = createServer({ minVersion: TLS_MIN }, handler)
  certificate.serve(({ cert, key }) => server.setSecureContext({ cert, key, minVersion: TLS_MIN }))
  return server
}

function namesOf(hosts: readonly string[]): ServerNames {
  const plain = [...new Set(hosts)].filter((one) => one !== '0.0.0.0' && one !== '::')
  return {
    names: plain.filter((one) => parseAddress(one) === undefined),
    addresses: plain.flatMap((one) => parseAddress(one) ?? []),
  }
}

/** Of those that are asked over TLS. What is no host is refused where hosts are read. */
function hostOf(text: string): readonly string[] {
  if (!text.startsWith('https://')) return []
  const hostname = URL.parse(text)?.hostname ?? ''
  return hostname === '' ? [] : [hostname.replace(/^\[|\]$/g, '')]
}
