import { execFile } from 'node:child_process'

/** systemd-notify only writes one datagram. */
const NOTIFY_TIMEOUT_MS = 2000

/**
 * Tells systemd of a state (sd_notify(3)) when it asked to be told; Node has no datagram Unix sockets, so the
 * systemd-notify program does it. Without a socket nothing happens. Resolves to why it failed, never rejects.
 */
export function sdNotify(
  state: 'ready' | 'stopping',
  socket: string | undefined,
  program = 'systemd-notify',
): Promise<string | undefined> {
  if (socket === undefined) return Promise.resolve(undefined)
  const argument = state === 'ready' ? '--ready' : 'STOPPING=1'
  return new Promise((resolve) => {
    execFile(program, [argument], { timeout: NOTIFY_TIMEOUT_MS }, (error) =>
      resolve(error ? `cannot tell systemd: ${error.message}` : undefined),
    )
  })
}
