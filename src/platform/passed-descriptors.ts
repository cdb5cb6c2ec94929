import { type Failure, failure } from '#domain/failure.ts'

/** The first descriptor that is passed (sd_listen_fds(3)); those before it are input, output and errors. */
const FIRST_FD = 3
const PASSED_MAX = 64

/** A socket that was open before this program began: whoever started it keeps it open, over every restart. */
export interface PassedDescriptor {
  readonly fd: number
  /** FileDescriptorName= of the socket unit; empty where it was not told. */
  readonly name: string
}

/**
 * The sockets passed by systemd (LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES; sd_listen_fds(3)); none where they are meant for
 * another process. The variables are gone afterwards, so that no child takes them for its own; that no child inherits the
 * descriptors themselves is Node's doing, which closes all but the first three on exec.
 */
export function takePassedDescriptors(): readonly PassedDescriptor[] | Failure<'bad-environment'> {
  const { LISTEN_PID: pid, LISTEN_FDS: count, LISTEN_FDNAMES: names } = process.env
  delete process.env['LISTEN_PID']
  delete process.env['LISTEN_FDS']
  delete process.env['LISTEN_FDNAMES']
  if (count === undefined || pid !== String(process.pid)) return []
  const passed = /^\d{1,3}$/.test(count) ? Number(count) : Number.NaN
  if (!(passed <= PASSED_MAX))
    return failure(
      'bad-environment',
      `LISTEN_FDS: found ${JSON.stringify(count)}; allowed: 0 to ${PASSED_MAX}`,
    )
  const told = names?.split(':') ?? []
  return Array.from({ length: passed }, (_, i) => ({ fd: FIRST_FD + i, name: told[i] ?? '' }))
}
