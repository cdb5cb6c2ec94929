/** A request of bytes, as no client makes it: what is not ASCII, not UTF-8, or no header at all goes out as it is. */
import { connect } from 'node:net'

const TIMEOUT_MS = 10_000

/** The whole answer as Latin 1; empty where the connection is closed without one. */
export function rawRequest(
  consoleUrl: string,
  { head, body = Buffer.alloc(0) }: { readonly head: readonly string[]; readonly body?: Buffer },
): Promise<string> {
  const { hostname, port, host } = new URL(consoleUrl)
  return new Promise((resolve) => {
    const parts: Buffer[] = []
    const socket = connect(Number(port), hostname)
    const end = (): void => resolve(Buffer.concat(parts).toString('latin1'))
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy())
    socket.on('data', (part: Buffer) => parts.push(part))
    socket.on('error', () => undefined)
    socket.on('close', end)
    const hasHost = head.some((line) => /^host:/i.test(line))
    const lines = [...head, ...(hasHost ? [] : [`Host: ${host}`]), 'Connection: close']
    const length = body.length > 0 ? [`Content-Length: ${body.length}`] : []
    socket.write(Buffer.from([...lines, ...length, '', ''].join('\r\n'), 'latin1'))
    socket.write(body)
  })
}

export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1] ?? 0)
}
