/** Stands for a capture process: one that is well, one that aborts, or one that somebody has broken into. */
import { frameOf } from '#platform/frames.ts'

const way = process.argv[2]
const say = (value: unknown): boolean => process.stdout.write(frameOf(value))

process.stdin
  .on('end', () => process.exit(0))
  .once('data', () => {
    if (way === 'rubbish') for (let i = 0; i < 100; i++) say({ kind: 'device-seen', mac: i })
    else {
      say({
        kind: 'source-changed',
        interface: 'eth0',
        source: 'tcpdump',
        state: 'running',
        detail: 'captures',
      })
      say({ kind: 'device-seen', by: 'arp', mac: '02:00:5e:00:53:01', address: '192.0.2.30' })
      say({
        kind: 'capture-tally',
        packets: 7,
        dropped: 0,
        malformed: 0,
        reportsDropped: 0,
        turnedAway: 0,
      })
    }
    if (way !== 'dies') return
    process.stderr.write('Assertion failed\n')
    setTimeout(() => process.abort(), 50)
  })
