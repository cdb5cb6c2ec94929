/**
 * RADIUS accounting that is wrong in every way, at a steady rate, until its standard input ends; then prints how many it sent of each
 * kind, and for how long. A process of its own, so that who waits for answers does not wait for it. Words: port, secret, the
 * controller's address (which it sends from too), a stranger's, packets a second.
 */
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Attribute, radiusRequest, radiusSender } from '#test/support/radius-request.ts'
import { type FloodKind, recordedStart } from './accounting-flood.ts'

const TICK_MS = 2
const LINGER_MS = 200
/** Different ones of each kind. */
const VARIANTS = 256
const [port = 0, perSecond = 1] = [process.argv[2], process.argv[6]].map(Number)
const [secret = '', controllerAddress = '', strangerAddress = ''] = process.argv.slice(3, 6)

const start = (i: number): readonly Attribute[] => [
  [40, 1],
  [44, `wrong-${i}`],
  [1, 't.eacher'],
  [31, '00:00:5e:00:53:01'],
  [8, Uint8Array.of(192, 0, 2, 9)],
]
const recorded = recordedStart(secret)
const makers: Readonly<Record<FloodKind, (i: number) => Buffer>> = {
  'wrong-secret': (i) => radiusRequest({ id: i, secret: 'another', attributes: start(i) }),
  replayed: () => recorded,
  'malformed-packet': (i) => recorded.subarray(0, i % recorded.length),
  // An IPv4 address of three bytes.
  'malformed-attribute': (i) =>
    radiusRequest({
      id: i,
      secret,
      attributes: [...start(i).slice(0, 4), [8, Uint8Array.of(192, 0, 2)]],
    }),
  'not-accounting': (i) => radiusRequest({ code: 1, id: i, secret, attributes: start(i) }),
  stranger: (i) => radiusRequest({ id: i, secret, attributes: start(i) }),
}
const controller = await radiusSender(port, controllerAddress)
const stranger = await radiusSender(port, strangerAddress)
const kinds = Object.entries(makers).map(([kind, make]) => ({
  kind,
  packets: Array.from({ length: VARIANTS }, (_, i) => make(i)),
  sender: kind === 'stranger' ? stranger : controller,
}))

let sent = 0
const startedAt = performance.now()
const timer = setInterval(() => {
  const due = ((performance.now() - startedAt) / 1000) * perSecond
  for (; sent < due; sent++) {
    const one = kinds[sent % kinds.length]
    const packet = one?.packets[Math.floor(sent / kinds.length) % VARIANTS]
    if (packet) one.sender.send(packet)
  }
}, TICK_MS)
process.stdout.write('sending\n')
await once(process.stdin.resume(), 'end')
clearInterval(timer)
const seconds = (performance.now() - startedAt) / 1000
await sleep(LINGER_MS)
const share = (place: number): number =>
  Math.floor(sent / kinds.length) + (place < sent % kinds.length ? 1 : 0)
const report = {
  total: sent,
  seconds,
  answers: controller.answers.length + stranger.answers.length,
  kinds: Object.fromEntries(kinds.map(({ kind }, place) => [kind, share(place)])),
}
process.stdout.write(JSON.stringify(report))
process.exit(0)
