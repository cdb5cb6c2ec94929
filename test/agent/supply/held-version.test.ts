/** A version that waits for a word, and a source that has another one meanwhile; with the real worker. */
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { EMPTY_CONFIG } from '#agent/policy/config.ts'
import { normalise } from '#agent/policy/normalise.ts'
import { ListSupply } from '#agent/supply/list-supply.ts'
import { systemClock } from '#platform/clock.ts'
import { makeLog } from '#platform/log.ts'
import {
  makeAuthority,
  namesText,
  sends,
  startListServer,
  startNames,
} from '#test/support/list-server.ts'
import { plainUpstream } from '#test/support/plain-upstream.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { makeList } from './supply-support.ts'

const authority = makeAuthority(shortFolder(t))

/** A supply that has a version of 90 names, and asks again only when it is told to. */
async function started(t: Test) {
  const server = await startListServer(t, authority)
  const upstream = plainUpstream(await startNames(t))
  const plain = normalise(EMPTY_CONFIG, { file: undefined, resolvConf: '', localAddresses: [] })
  const supply = new ListSupply({
    stateDir: shortFolder(t),
    clock: systemClock,
    log: makeLog('test', 'silent'),
    fraction: () => 0,
    tell: () => undefined,
    onFault: () => undefined,
    onChange: () => undefined,
    after: () => () => undefined,
  })
  t.teardown(() => supply.close())
  const until = async (what: string, isSo: () => boolean): Promise<void> => {
    for (let tries = 0; tries < 400 && !isSo(); tries++) await sleep(50)
    t.ok(isSo(), what)
  }
  server.serve = sends(namesText(90))
  supply.start({
    ...plain,
    lists: [makeList({ urls: [server.url('/l')] })],
    downloads: { privateHosts: ['lists.test'], caFile: authority.caFile },
    upstreams: [upstream],
  })
  await until('in force', () => supply.inForce().length === 1)
  return { server, supply, until }
}

t.test('what waits for a word goes when its source offers something else', async (t) => {
  const { server, supply, until } = await started(t)
  const looked = async (kind: 'held' | 'refused' | 'failed'): Promise<void> => {
    const before = supply.counts()[kind]
    supply.refresh('games')
    await until(`${kind} again`, () => supply.counts()[kind] === before + 1)
  }
  server.serve = sends(namesText(30))
  await looked('held')
  t.match(supply.all(), [{ state: 'held', held: { names: 30 } }])

  server.serve = (_, response) => response.writeHead(503).end()
  await looked('failed')
  t.match(
    supply.all(),
    [
      {
        state: 'held',
        held: { names: 30 },
        fault: { detail: /has 30 names and .* 90.*; just now its source cannot be had: .* 503/ },
        advice: /whether its source offers it still, which cannot be had now.*--accept games/,
      },
    ],
    'a server that is away takes nothing back',
  )

  server.serve = sends('<html>')
  await looked('refused')
  const [shown] = supply.all()
  t.match(shown, { state: 'refused', fault: { trouble: 'html', detail: /^it is a web page/ } })
  t.notOk(shown?.held)
  t.notMatch(shown?.advice, /--accept/)
  t.match(await supply.accept('games', 'me'), {
    failure: 'refused',
    detail: /no version of list games waits for a word; .* not used: it is a web page/,
  })
  t.match(supply.all(), [{ inForce: { names: 90 } }])

  server.serve = sends(namesText(30))
  await looked('held')
  t.match(await supply.accept('games', 'me'), { inForce: { names: 30 } }, 'offered again')
  t.match(await supply.accept('games', 'me'), { detail: /^no version of list games waits .*word$/ })
})
