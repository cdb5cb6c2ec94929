/** What boxes and strangers send, in the log of a collector: each line is one object, and no terminal does anything at it. */
import { join } from 'node:path'
import t from 'tap'
import { makeCollectorClient } from '#test/support/collector-client.ts'
import { startCollectorProcess } from '#test/support/collector-process.ts'
import { freeDnsPort } from '#test/support/free-port.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { until } from '#test/support/until.ts'
import { rawRequest } from './hostile/raw-request.ts'
import { TEXTS } from './hostile/texts.ts'

t.test('each line of the log is one object, whatever is sent', { timeout: 200_000 }, async (t) => {
  const folder = shortFolder(t, 'c', 'enrolled')
  const [port, metricsPort] = [await freeDnsPort(), await freeDnsPort()]
  const enrolledDir = join(folder, 'enrolled')
  const running = await startCollectorProcess({
    stateDir: join(folder, 'c'),
    enrolledDir,
    port,
    metricsPort,
  })
  t.teardown(() => running.stop())
  const clients = TEXTS.map((text) =>
    makeCollectorClient({ collectorUrl: running.url, enrolledDir, name: text.slice(0, 200) }),
  )
  const [first] = clients
  await until(
    'the boxes are believed',
    async () => (await first?.postBatch({}))?.status === 400,
    60_000,
  )
  for (const [index, text] of TEXTS.entries()) {
    const client = clients[index]
    if (client === undefined) continue
    const kind = { kind: text, [text.slice(0, 100)]: text }
    await client.postBatch(
      client.batch([
        {
          v: 1,
          id: text,
          revision: 1,
          at: 1,
          lane: 'operations',
          sequence: 1,
          body: kind as never,
        },
      ]),
    )
    await client.postStatus({ v: 1, appliance: client.appliance, version: text })
    await client.post('/v1/devices', text)
    const latin = Buffer.from(text.replaceAll(/[\r\n\0]/g, ' ')).toString('latin1')
    await rawRequest(running.url, {
      head: [`GET /${encodeURIComponent(text.toWellFormed())} HTTP/1.1`, `User-Agent: ${latin}`],
    })
    await rawRequest(running.url, {
      head: ['POST /sign-in HTTP/1.1', `Host: ${latin}`],
      body: Buffer.from(text),
    })
  }
  await running.stop()
  const lines = running.log().split('\n').filter(Boolean)
  t.ok(lines.filter((line) => line.includes('batch refused')).length > 10, `${lines.length} lines`)
  for (const line of lines) {
    t.type(JSON.parse(line), 'object')
    // oxlint-disable-next-line no-control-regex -- these are what is looked for
    t.notMatch(line, /[\u0000-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/)
  }
})
