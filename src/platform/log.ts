import { type Logger, pino } from 'pino'

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'child'>

/**
 * One JSON line an entry on standard error. Names of the looked-up, clients and codes never belong in a log.
 * `level` is a pino level; the default is `info`.
 */
export function makeLog(part: string, level = 'info'): Log {
  return pino(
    { level, base: { part }, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination(2),
  )
}
