/** Tells many reports to a standard output that nobody reads, then says on standard error how many were dropped. */
import { makeReportPipe, standardOutput } from '#capture/report-pipe.ts'
import { frameOf } from '#platform/frames.ts'

const { tell, dropped } = makeReportPipe(standardOutput(), frameOf)
for (let i = 0; i < 20_000; i++)
  tell({ kind: 'device-seen', by: 'arp', mac: '02:00:5e:00:53:01' as never, address: '192.0.2.30' })
setTimeout(() => {
  process.stderr.write(`${dropped()} ${process.memoryUsage().rss}\n`)
  process.exit()
}, 100)
