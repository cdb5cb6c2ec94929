import t from 'tap'
import { makePcapReader, RECORD_BYTES_MAX } from '#capture/source/pcap-stream.ts'
import { arp, hex, pcapFile } from '#test/support/packets.ts'

const PACKETS = Array.from({ length: 50 }, (_, i) =>
  Buffer.concat([arp('02:00:5e:00:53:01', `192.0.2.${i + 1}`), Buffer.alloc(i * 7, i)]),
)

function read(file: Buffer, chunkBytes: number) {
  const packets: { bytes: Buffer; linkType: number; timeMs: number }[] = []
  const broken: string[] = []
  const reader = makePcapReader({
    onPacket: (bytes, length, linkType, timeMs) =>
      packets.push({ bytes: Buffer.from(bytes.subarray(0, length)), linkType, timeMs }),
    onBroken: (why) => broken.push(why),
  })
  for (let at = 0; at < file.length; at += chunkBytes)
    reader.push(file.subarray(at, at + chunkBytes))
  return { packets, broken, isComplete: reader.isComplete() }
}

t.test('both byte orders, micro- and nanoseconds, in chunks of any size', (t) => {
  for (const isLittle of [true, false])
    for (const isNano of [true, false]) {
      const file = pcapFile(PACKETS, {
        isLittle,
        isNano,
        linkType: 113,
        firstMs: 1_700_000_000_250,
      })
      for (const chunkBytes of [1, 7, 100, file.length]) {
        const { packets, broken, isComplete } = read(file, chunkBytes)
        t.strictSame(
          packets.map(({ bytes }) => bytes),
          PACKETS,
        )
        t.ok(packets.every(({ linkType }) => linkType === 113))
        t.strictSame(
          packets.map(({ timeMs }) => timeMs),
          PACKETS.map((_, i) => 1_700_000_000_250 + i),
        )
        t.strictSame(broken, [])
        t.ok(isComplete)
      }
    }
  t.end()
})

t.test('a length beyond the limit, or no pcap at all, ends the reading with a word', (t) => {
  const file = pcapFile(PACKETS)
  file.writeUInt32BE(RECORD_BYTES_MAX + 1, 24 + 8)
  t.match(read(file, 100), { packets: [], broken: [/262145 bytes/], isComplete: false })
  t.match(read(Buffer.from('GIF89a, and more of the like than 24 bytes'), 9), {
    broken: [/no capture/],
  })
  t.match(read(hex('0a0d0d0a'.repeat(10)), 40), { broken: [/no capture/] })
  t.end()
})

t.test('a file that ends within a packet is not whole', (t) => {
  const file = pcapFile(PACKETS)
  const { packets, isComplete } = read(file.subarray(0, file.length - 1), 64)
  t.equal(packets.length, PACKETS.length - 1)
  t.notOk(isComplete)
  t.end()
})
