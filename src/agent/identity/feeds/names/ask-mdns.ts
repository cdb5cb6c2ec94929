import { createSocket, type Socket } from 'node:dgram'
import { networkInterfaces } from 'node:os'
import {
  contains,
  formatAddress,
  isLinkLocal,
  parseAddress,
  parseCidr,
} from '#domain/ip-address.ts'
import { randomWord } from '#platform/random.ts'
import { writePointerQuery } from '#wire/multicast-query.ts'
import { pointerNames } from '#wire/pointer-records.ts'
import { reverseName } from '#wire/reverse-name.ts'
import { FAILED, NAMELESS, type Naming } from './ask-reverse.ts'
import { deviceNameOf } from './name-text.ts'

const PORT = 5353
const GROUP = { udp4: '224.0.0.251', udp6: 'ff02::fb' } as const
/** Answers come within some 100 ms (RFC 6762 section 6); a packet that is lost over Wi-Fi is sent once more. */
const AGAIN_AFTER_MS = 400
const TIMEOUT_MS = 1_200
/** What is no answer to the question, after which no other message is listened to. */
const MESSAGES_MAX = 64
/** It must not leave the link, and by this shows that it has not come from elsewhere (RFC 6762 section 11). */
const HOPS = 255
const INTERFACES_MAX = 4

interface Local {
  readonly device: string
  readonly address: string
}

/**
 * Asks the device itself how it is called: the question goes to all on its link, from a port and with an id of chance, and only what comes
 * from that very address is believed. Without an address of ours on its network there is nobody to ask. Never rejects.
 */
export async function askMdns(address: Uint8Array): Promise<Naming> {
  const near = localsBeside(address)
  if (near.length === 0) return NAMELESS
  const outcomes = await Promise.all(near.map((local) => askOn(local, address)))
  return (
    outcomes.find(({ kind }) => kind === 'named') ??
    outcomes.find(({ kind }) => kind === 'nameless') ??
    FAILED
  )
}

/** Our addresses on the networks that an address is in; those in fe80::/10 are in one on each link. */
function localsBeside(address: Uint8Array): readonly Local[] {
  const found = Object.entries(networkInterfaces()).flatMap(([device, locals = []]) =>
    locals.flatMap(({ address: own, cidr, internal }) => {
      const network = internal || cidr === null ? undefined : parseCidr(cidr)
      return network && contains(network, address) ? [{ device, address: own }] : []
    }),
  )
  return found.slice(0, INTERFACES_MAX)
}

function askOn({ device, address: own }: Local, address: Uint8Array): Promise<Naming> {
  const name = reverseName(address)
  const id = randomWord()
  const query = writePointerQuery(name, id)
  const family = address.length === 4 ? 'udp4' : 'udp6'
  const scope = family === 'udp6' ? `%${device}` : ''
  return new Promise((resolve) => {
    const socket = createSocket(family)
    let isDone = false
    const finish = (outcome: Naming): void => {
      if (isDone) return
      isDone = true
      clearTimeout(again)
      clearTimeout(end)
      discard(socket)
      resolve(outcome)
    }
    const send = (): void =>
      socket.send(query, PORT, `${GROUP[family]}${scope}`, (error) => {
        if (error) finish(FAILED)
      })
    const again = setTimeout(send, AGAIN_AFTER_MS)
    const end = setTimeout(() => finish(NAMELESS), TIMEOUT_MS)
    let messages = 0
    socket.on('error', () => finish(FAILED))
    socket.on('message', (message, { address: from }) => {
      const isIts = sameAddress(from, address) && message.length > 1
      const found = isIts && message.readUInt16BE(0) === id ? pointerNames(message, name) : []
      const text = found.map(deviceNameOf).find((one) => one !== undefined)
      if (text !== undefined) finish({ kind: 'named', name: text })
      else if (++messages >= MESSAGES_MAX) finish(FAILED)
    })
    const isScoped = family === 'udp6' && isLinkLocal(address)
    socket.bind({ address: isScoped ? `${own}${scope}` : own, port: 0 }, () => {
      if (isReady(socket, family === 'udp4' ? own : `::${scope}`)) send()
      else finish(FAILED)
    })
    socket.unref()
  })
}

/** The interface may have gone meanwhile. */
function isReady(socket: Socket, multicastInterface: string): boolean {
  try {
    socket.setMulticastTTL(HOPS)
    socket.setMulticastInterface(multicastInterface)
    return true
  } catch {
    return false
  }
}

function discard(socket: Socket): void {
  socket.removeAllListeners()
  socket.on('error', () => undefined)
  socket.close()
}

function sameAddress(text: string, address: Uint8Array): boolean {
  const bytes = parseAddress(text)
  return bytes !== undefined && formatAddress(bytes) === formatAddress(address)
}
