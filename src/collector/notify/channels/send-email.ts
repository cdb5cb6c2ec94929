import type { LookupAddress } from 'node:dns'
import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls, rootCertificates } from 'node:tls'
import { createTransport } from 'nodemailer'
import { failure, isFailure } from '#domain/failure.ts'
import { NOTIFY_LIMITS } from '../notify-limits.ts'
import type { EmailSender, Senders } from '../settings/notify-settings.ts'
import { ACCEPTED, type Outgoing, type Send, type SendOutcome } from './channel.ts'
import { checkedHost } from './checked-host.ts'
import { pinnedLookup } from './pinned-lookup.ts'

/** Of inactivity; the signal ends all patience. */
const IDLE_MS = 10_000

/** One message over a connection of its own, so that ending the socket ends whatever a server does with it. */
export const sendEmail: Send<'email'> = async (message, senders, signal) => {
  const { email } = senders
  if (!email) return failure('refused', 'no mail server is set')
  const addresses = await checkedHost(email.host, senders.privateHosts)
  if (isFailure(addresses)) return addresses
  const tls = tlsOptions(email, senders)
  const socket = open(email, addresses, tls)
  const stop = (): void => void socket.destroy(new Error('took too long'))
  signal.addEventListener('abort', stop, { once: true })
  try {
    await connected(socket, email, signal)
    return await hand(message, { email, socket, tls })
  } catch (error) {
    return faultOf(error, email.host, signal)
  } finally {
    signal.removeEventListener('abort', stop)
    socket.destroy()
  }
}

type TlsOptions = ReturnType<typeof tlsOptions>
function tlsOptions({ host }: EmailSender, { ca }: Senders) {
  return {
    servername: isIP(host) === 0 ? host : '',
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
    ...(ca.length > 0 ? { ca: [...rootCertificates, ...ca] } : {}),
  } as const
}

function open(
  { host, port, security }: EmailSender,
  addresses: readonly LookupAddress[],
  tls: TlsOptions,
): Socket {
  const place = { host, port, lookup: pinnedLookup(addresses) }
  return security === 'tls' ? connectTls({ ...place, ...tls }) : connect(place)
}

function connected(socket: Socket, { security }: EmailSender, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(new Error('took too long'))
    socket.once('error', reject)
    socket.once(security === 'tls' ? 'secureConnect' : 'connect', () => {
      socket.off('error', reject)
      resolve()
    })
  })
}

async function hand(
  { id, place, words }: Outgoing<'email'>,
  {
    email,
    socket,
    tls,
  }: { readonly email: EmailSender; readonly socket: Socket; readonly tls: TlsOptions },
): Promise<SendOutcome> {
  const domain = email.from.slice(email.from.lastIndexOf('@') + 1)
  const transport = createTransport({
    host: email.host,
    port: email.port,
    connection: socket,
    secure: email.security === 'tls',
    secured: email.security === 'tls',
    requireTLS: email.security === 'starttls',
    ignoreTLS: email.security === 'none',
    tls,
    name: domain,
    greetingTimeout: IDLE_MS,
    socketTimeout: IDLE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(email.login ? { auth: { user: email.login.user, pass: email.login.password } } : {}),
  })
  await transport.sendMail({
    messageId: `<${id}@${domain}>`,
    from: { name: 'SuperCloud Edge', address: email.from },
    to: place.address,
    subject: words.subject,
    text: words.long,
    // No answers of machines to it (RFC 3834).
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
  })
  return ACCEPTED
}

function faultOf(error: unknown, host: string, signal: AbortSignal): SendOutcome {
  if (signal.aborted) return failure('failed', `${host} took too long`)
  const message = error instanceof Error ? error.message : String(error)
  const status = error instanceof Error && 'responseCode' in error ? Number(error.responseCode) : 0
  const detail = `${host}: ${message}`.slice(0, NOTIFY_LIMITS.detailCharsMax)
  // RFC 5321 section 4.2.1: what begins with 5 will be the same the next time.
  return failure(status >= 500 ? 'refused' : 'failed', detail)
}
