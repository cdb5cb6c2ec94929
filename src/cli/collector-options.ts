import { resolve } from 'node:path'
import type { ProviderOptions } from '#collector/config/collector-options.ts'
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import type { CertificateFiles } from '#platform/served-certificate.ts'
import { type Invocation, type OptionSpec, valueOf } from './command.ts'
import { type HostPort, parseHostPort } from './host-port.ts'
import { PROVIDER_OPTIONS, readProvider } from './provider-options.ts'

const DEFAULT_CONSOLE = '127.0.0.1:8080'
const DEFAULT_METRICS = '127.0.0.1:9154'

/** Options that `collector` and `start` share. */
export const COLLECTOR_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  console: {
    value: 'ADDR:PORT',
    help: `where the console is served (default: ${DEFAULT_CONSOLE})`,
  },
  tls: {
    value: 'ADDR:PORT',
    help: 'where the console is served over TLS too (default: nowhere)',
  },
  'tls-certificate': {
    value: 'FILE',
    help: 'its certificate with the chain, in PEM (default: one that the collector makes)',
  },
  'tls-key': {
    value: 'FILE',
    help: 'the key of the certificate, in PEM (default: in the same file)',
  },
  ...PROVIDER_OPTIONS,
  metrics: {
    value: 'ADDR:PORT',
    help: `where Prometheus scrapes the collector (default: ${DEFAULT_METRICS})`,
  },
  enrolled: {
    value: 'DIR',
    help: 'folder of enrolments to believe (default: enrolled in the state folder)',
  },
  people: {
    value: 'FILE',
    help: 'who is told of alerts, and how: docs/notifications.md (default: nobody)',
  },
  school: {
    value: 'NAME',
    help: "the school's name, as it stands on reports, reviews and cases (default: none does)",
  },
  head: {
    value: 'USER',
    help: "user name of a head, whose own alerts are the chair of governors' alone; may be repeated",
    isRepeatable: true,
  },
  'public-host': {
    value: 'HOST',
    help: 'another name of the console, as HOST, HOST:PORT or https://HOST; may be repeated',
    isRepeatable: true,
  },
}

/** Options whose value is a path. */
export const PATH_OPTIONS: ReadonlySet<string> = new Set([
  'enrolled',
  'people',
  'tls-certificate',
  'tls-key',
  'oidc-secret-file',
])

/** Where the collector listens. */
export interface CollectorPlaces {
  readonly console: HostPort
  readonly metrics: HostPort
  readonly secure?: HostPort & { readonly files?: CertificateFiles }
  readonly provider?: ProviderOptions
}

/** Reads `--console`, `--metrics` and what begins with `--tls` or `--oidc`. Never throws. */
export function readCollectorPlaces(invocation: Invocation): CollectorPlaces | Failure<'usage'> {
  const console = parseHostPort(valueOf(invocation, 'console') ?? DEFAULT_CONSOLE)
  if (isFailure(console)) return console
  const metrics = parseHostPort(valueOf(invocation, 'metrics') ?? DEFAULT_METRICS)
  if (isFailure(metrics)) return metrics
  const secure = readSecure(invocation)
  if (isFailure(secure)) return secure
  const provider = readProvider(invocation)
  if (isFailure(provider)) return provider
  return { console, metrics, ...(secure && { secure }), ...(provider && { provider }) }
}

function readSecure(invocation: Invocation): CollectorPlaces['secure'] | Failure<'usage'> {
  const at = valueOf(invocation, 'tls')
  const certificate = valueOf(invocation, 'tls-certificate')
  const key = valueOf(invocation, 'tls-key') ?? certificate
  if (at === undefined)
    return key === undefined
      ? undefined
      : failure('usage', 'a certificate is given and no place: add --tls ADDR:PORT')
  const place = parseHostPort(at)
  if (isFailure(place)) return place
  if (key === undefined) return place
  if (certificate === undefined) return failure('usage', 'a key is given and no --tls-certificate')
  const inFolder = (path: string): string => resolve(invocation.folder, path)
  return { ...place, files: { certificate: inFolder(certificate), key: inFolder(key) } }
}
