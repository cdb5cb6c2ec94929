/** Downloads behind a proxy: the proxy looks names up, and what stands in a URL as an address is still refused. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import t, { type Test } from 'tap'
import { isProxied } from '#agent/supply/fetch/is-proxied.ts'
import {
  makeAuthority,
  namesText,
  sends,
  startListServer,
  startNames,
} from '#test/support/list-server.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { makeBox, makeList } from './supply-support.ts'

/** A proxy that leads every CONNECT to one port of this machine. */
async function startProxy(t: Test, leadsTo: number) {
  const asked: string[] = []
  const proxy = createServer()
  proxy.on('connect', (request, socket) => {
    asked.push(request.url ?? '')
    const through = connect(leadsTo, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      through.pipe(socket).pipe(through)
    })
    through.on('error', () => socket.destroy())
    socket.on('error', () => through.destroy())
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  t.teardown(() => {
    proxy.closeAllConnections()
    proxy.close()
  })
  const bound = proxy.address()
  return { asked, url: `http://127.0.0.1:${typeof bound === 'object' && bound ? bound.port : 0}` }
}

function environment(t: Test, values: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(values)) {
    const before = process.env[name]
    process.env[name] = value
    t.teardown(() => {
      if (before === undefined) delete process.env[name]
      else process.env[name] = before
    })
  }
}

t.test(
  'a proxy is used where the environment names one, and is passed by for NO_PROXY',
  async (t) => {
    const authority = makeAuthority(shortFolder(t))
    const server = await startListServer(t, authority)
    server.serve = sends(namesText(20))
    const proxy = await startProxy(t, server.port)
    let lookups = 0
    const namesPort = await startNames(t, () => {
      lookups += 1
      return '127.0.0.1'
    })
    environment(t, { HTTPS_PROXY: proxy.url, NO_PROXY: 'mirror.test' })
    const box = makeBox(shortFolder(t), {
      namesPort,
      caFile: authority.caFile,
      privateHosts: ['mirror.test'],
    })
    const list = makeList({ urls: [server.url('/l')] })
    t.match(await box.take(list), { result: 'updated' })
    t.strictSame(proxy.asked, [`lists.test:${server.port}`])
    t.equal(lookups, 0, 'the proxy looks it up')
    for (const host of ['10.0.0.1', '[::1]', '169.254.169.254'])
      t.match(await box.take(makeList({ urls: [`https://${host}/l`] })), {
        record: { fault: { trouble: 'private-address' } },
      })
    t.equal(proxy.asked.length, 1, 'nothing more was asked')
    server.serve = sends(namesText(21))
    t.match(await box.take(makeList({ urls: [server.url('/m', 'mirror.test')] })), {
      result: 'updated',
    })
    t.equal(proxy.asked.length, 1)
    t.equal(lookups, 1, 'looked up here')
  },
)

t.test('NO_PROXY names hosts, domains, ports, or everything', (t) => {
  const through = (url: string, NO_PROXY?: string): boolean =>
    isProxied(new URL(url), { HTTPS_PROXY: 'http://p', ...(NO_PROXY ? { NO_PROXY } : {}) })
  t.equal(isProxied(new URL('https://a.test'), {}), false)
  t.equal(through('https://a.test'), true)
  for (const exempt of [
    'a.test',
    'x, a.test',
    'A.TEST',
    'test',
    '.test',
    '*.test',
    '*',
    'a.test:443',
  ])
    t.equal(through('https://a.test/l', exempt), false, exempt)
  for (const other of ['b.test', 'aa.test', 'a.test:8443', 'b.a.test'])
    t.equal(through('https://a.test/l', other), true, other)
  t.equal(through('https://[fd00::1]:8443/', '[fd00::1]:8443'), false)
  t.end()
})
