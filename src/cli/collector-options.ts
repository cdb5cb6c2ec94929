import { type Failure, isFailure } from '#domain/failure.ts'
import { type Invocation, type OptionSpec, valueOf } from './command.ts'
import { type HostPort, parseHostPort } from './host-port.ts'

const DEFAULT_CONSOLE = '127.0.0.1:8080'
const DEFAULT_METRICS = '127.0.0.1:9154'

/** Options that `collector` and `start` share. */
export const COLLECTOR_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  console: {
    value: 'ADDR:PORT',
    help: `where the console is served (default: ${DEFAULT_CONSOLE})`,
  },
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

/** Where the collector listens. */
export interface CollectorPlaces {
  readonly console: HostPort
  readonly metrics: HostPort
}

/** Reads `--console` and `--metrics`. Never throws. */
export function readCollectorPlaces(invocation: Invocation): CollectorPlaces | Failure<'usage'> {
  const console = parseHostPort(valueOf(invocation, 'console') ?? DEFAULT_CONSOLE)
  if (isFailure(console)) return console
  const metrics = parseHostPort(valueOf(invocation, 'metrics') ?? DEFAULT_METRICS)
  return isFailure(metrics) ? metrics : { console, metrics }
}
