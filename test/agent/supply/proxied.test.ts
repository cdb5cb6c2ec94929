/** Downloads behind a proxy: the proxy looks names up, and what stands in a URL as an address is still refused. */
import t from 'tap'
import { isProxied } from '#platform/is-proxied.ts'
import { startProxy, withEnvironment } from '#test/support/connect-proxy.ts'
import {
  makeAuthority,
  namesText,
  sends,
  startListServer,
  startNames,
} from '#test/support/list-server.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { makeBox, makeList } from './supply-support.ts'

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
    withEnvironment(t, { HTTPS_PROXY: proxy.url, NO_PROXY: 'mirror.test' })
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
