import { once } from 'node:events'
import { createServer } from 'node:http'
import t from 'tap'
import { Poster } from '#agent/outbox/post-signed.ts'
import { retryDelay } from '#agent/outbox/retry-delay.ts'
import { key } from './outbox-support.ts'

t.test('https to a collector goes through the proxy that the environment names', async (t) => {
  const asked: string[] = []
  const proxy = createServer()
  proxy.on('connect', (request, socket) => {
    asked.push(request.url ?? '')
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  t.teardown(() => proxy.close())
  const address = proxy.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const before = process.env['HTTPS_PROXY']
  process.env['HTTPS_PROXY'] = `http://127.0.0.1:${port}`
  t.teardown(() => {
    if (before === undefined) delete process.env['HTTPS_PROXY']
    else process.env['HTTPS_PROXY'] = before
  })
  const poster = new Poster({
    collector: new URL('https://collector.example.org'),
    key,
    timeoutMs: 2000,
    answerBytesMax: 1000,
    wallMs: Date.now,
  })
  t.teardown(() => poster.close())
  t.match(await poster.post('/v1/batches', '{}'), { failure: 'unreachable' })
  t.same(asked, ['collector.example.org:443'])
})

t.test('waits grow to their limit, are spread at random, and are never under a second', (t) => {
  t.equal(retryDelay(1, 300_000, 0), 1000)
  t.equal(retryDelay(1, 300_000, 0.5), 1500)
  t.equal(retryDelay(5, 300_000, 0.999_999).toFixed(0), '32000')
  t.equal(retryDelay(500, 300_000, 1), 300_000)
  t.equal(retryDelay(500, 300_000, 0), 1000)
  t.end()
})
