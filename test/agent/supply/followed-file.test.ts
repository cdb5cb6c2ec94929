/** A running agent with lists in files of the school: asked with dig, shown with `supercloud-edge lists`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { type Ran, run } from '#test/cli/run.ts'
import { startAgentProcess } from '#test/support/agent-process.ts'
import { a, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { namesText } from '#test/support/list-server.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { skipDig as skip, statusOf, until } from './dig-status.ts'

const GOOD = namesText(100)
const NEWER = `${GOOD}newer.listed.test\n`

t.test(
  'a file of the school is followed, and one that was cut in half halves no filter',
  { skip, timeout: 60_000 },
  async (t) => {
    const folder = shortFolder(t)
    const upstream = await startFakeUpstream(({ name, type }) =>
      type === 'A' ? { answers: [a(name, '192.0.2.1')] } : {},
    )
    t.teardown(() => upstream.close())
    const file = join(folder, 'games.txt')
    const agent = await startAgentProcess({
      folder,
      upstreamPorts: [upstream.port],
      config: {
        lists: [
          { id: 'games', path: 'games.txt', format: 'domains', category: 'adult.porn' },
          { id: 'none', path: 'none.txt', format: 'domains', category: 'adult.porn' },
        ],
      },
      files: { 'games.txt': GOOD },
      untilBlocked: 'name99.listed.test',
    })
    t.teardown(() => agent.stop())
    const edge = (...words: readonly string[]): Promise<Ran> =>
      run(folder, ...words, '--state', agent.stateDir)
    await until('control socket', async () => (await edge('lists')).code !== 3)
    t.match(await edge('lists'), { code: 1, out: /NOT IN FORCE[^]*there is no .*none\.txt/ })
    t.match((await edge('status')).out, /list none is not in force: there is no/)

    writeFileSync(file, GOOD.slice(0, GOOD.length / 2))
    t.match(await edge('lists', '--refresh', 'games'), { code: 1, out: /more than 30 % fewer/ })
    t.equal(await statusOf('name99.listed.test', agent), 'NXDOMAIN')
    writeFileSync(file, `${NEWER}www.gov.uk\n`)
    process.kill(agent.pid, 'SIGHUP')
    await until('newer', async () => (await statusOf('newer.listed.test', agent)) === 'NXDOMAIN')
    t.match(await edge('lists'), { out: /blocks +www\.gov\.uk, which a school must reach/ })
    t.match((await edge('lists', '--json')).out, /"state": "in-force"/)
    t.match(
      readFileSync(join(agent.stateDir, 'agent', 'lists', 'games', 'record.json'), 'utf8'),
      /"guards":\["www\.gov\.uk"\]/,
    )
  },
)
