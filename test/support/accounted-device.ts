/** Devices whose users log on and off by RADIUS accounting, and which ask for a name that only a user of a certain group gets. */
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { queryOf, readReply } from '#test/rfc/raw-message.ts'
import { type Attribute, isAnswerTo, radiusRequest, radiusSender } from './radius-request.ts'
import { wireName } from './wire-name.ts'

const START = 1
const STOP = 2
const POLL_MS = 5
/** A question that gets no answer within this time is asked again. */
const ASKED_AGAIN_MS = 250
const GIVEN_UP_MS = 10_000
const LEASE_SECONDS = 36_000

export interface DeviceOptions {
  /** Of 0 to 65535: each has an address and a MAC of its own. */
  readonly device: number
  readonly user: string
  readonly secret: string
  /** The controller's address, and where accounting goes. */
  readonly controller: string
  readonly radiusPort: number
  readonly dns: { readonly address: string; readonly port: number }
  readonly name: string
}

export interface Felt {
  /** Whether the controller got a right answer. */
  readonly isAnswered: boolean
  /** From when the packet was sent until questions are answered by it; without end if they never were. */
  readonly inForceMs: number
}

export interface AccountedDevice {
  readonly logOn: () => Promise<Felt>
  readonly logOff: () => Promise<Felt>
  readonly close: () => Promise<void>
}

export function addressOf(device: number): string {
  return `127.1.${device >> 8}.${device & 255}`
}

export function macOf(device: number): string {
  return `00:00:5e:10:${[device >> 8, device & 255].map((byte) => byte.toString(16).padStart(2, '0')).join(':')}`
}

/** A lease file of dnsmasq: which device has which address. */
export function leasesOf(devices: number): string {
  const expires = Math.floor(Date.now() / 1000) + LEASE_SECONDS
  const line = (i: number): string => `${expires} ${macOf(i)} ${addressOf(i)} laptop-${i} *\n`
  return Array.from({ length: devices }, (_, i) => line(i)).join('')
}

/** A logon after a logoff is another session. */
let sessions = 0

export async function accountedDevice(options: DeviceOptions): Promise<AccountedDevice> {
  const { device, user, secret, controller, radiusPort } = options
  const sender = await radiusSender(radiusPort, controller)
  const socket = createSocket('udp4')
  await new Promise<void>((resolve) => socket.bind(0, addressOf(device), () => resolve()))
  let session = ''
  const tell = async (status: number): Promise<Felt> => {
    if (status === START) session = `session-${++sessions}`
    const attributes: readonly Attribute[] = [
      [40, status],
      [44, session],
      [1, user],
      [31, macOf(device)],
    ]
    const request = radiusRequest({ id: status, secret, attributes })
    const sentAt = performance.now()
    const [answer, changedAt] = await Promise.all([
      sender.ask(request),
      changed(socket, options, status === START),
    ])
    return {
      isAnswered: isAnswerTo(request, answer, secret),
      inForceMs: changedAt - sentAt,
    }
  }
  return {
    logOn: () => tell(START),
    logOff: () => tell(STOP),
    close: async () => {
      await sender.close()
      await new Promise<void>((resolve) => socket.close(() => resolve()))
    },
  }
}

/** When the name had an answer, or had none any more. */
async function changed(
  socket: Socket,
  { name, dns }: DeviceOptions,
  isWanted: boolean,
): Promise<number> {
  const query = { name: wireName(name) }
  for (const end = performance.now() + GIVEN_UP_MS; performance.now() < end; ) {
    socket.send(queryOf(query), dns.port, dns.address)
    const answers = await nextAnswers(socket)
    if (answers !== undefined && answers > 0 === isWanted) return performance.now()
    await sleep(POLL_MS)
  }
  return Number.POSITIVE_INFINITY
}

async function nextAnswers(socket: Socket): Promise<number | undefined> {
  try {
    const [bytes]: unknown[] = await once(socket, 'message', {
      signal: AbortSignal.timeout(ASKED_AGAIN_MS),
    })
    return Buffer.isBuffer(bytes) ? readReply(bytes).answers.length : undefined
  } catch {
    return undefined
  }
}
