/** A real mail server on loopback that keeps what it accepts and does what a test tells it. */
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

export interface ReceivedMail {
  readonly to: readonly string[]
  readonly messageId: string
  readonly text: string
  readonly isSecure: boolean
}

export interface MailServer {
  readonly port: number
  readonly received: readonly ReceivedMail[]
  /** What to do with a message once it is read: accept it, or refuse it with a code; a promise makes the sender wait, and `received` has it before. */
  take: (mail: ReceivedMail) => Promise<{ readonly code: number } | undefined>
  readonly close: () => Promise<void>
}

/** Starts it; without a certificate it speaks no TLS. */
export async function startMailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const received: ReceivedMail[] = []
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    logger: false,
    ...(options.key ? {} : { disabledCommands: ['STARTTLS'] }),
    ...options,
    onData: (stream, session, reply) => {
      const parts: Buffer[] = []
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('end', () => {
        const text = Buffer.concat(parts).toString('utf8')
        const mail = {
          to: session.envelope.rcptTo.map(({ address }) => address),
          messageId: /^message-id: (.*)$/im.exec(text)?.[1]?.trim() ?? '',
          text,
          isSecure: session.secure,
        }
        state.take(mail).then(
          (refusal) => {
            if (!refusal) return reply()
            return reply(Object.assign(new Error('not now'), { responseCode: refusal.code }))
          },
          () => reply(new Error('failed')),
        )
      })
    },
  })
  server.on('error', () => undefined) // A sender that was killed.
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const bound = server.server.address()
  const state: MailServer = {
    port: typeof bound === 'object' && bound ? bound.port : 0,
    received,
    take: (mail) => {
      received.push(mail)
      return Promise.resolve(undefined)
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
  return state
}
