/** A running agent with lists from a server that turns bad: asked with dig, shown with `supercloud-edge lists`. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import Database from 'better-sqlite3'
import t from 'tap'
import { storedEvent } from '#collector/ingest/event-schema.ts'
import { type Ran, run } from '#test/cli/run.ts'
import { startAgentProcess } from '#test/support/agent-process.ts'
import { a, startFakeUpstream } from '#test/support/fake-upstream.ts'
import {
  makeAuthority,
  namesText,
  type Serve,
  sends,
  startListServer,
} from '#test/support/list-server.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { skipDig as skip, statusesOf, statusOf, until } from './dig-status.ts'

const GOOD = namesText(100)
const NEWER = `${GOOD}newer.listed.test\n`

/** Bodies of the operations lane, as they were stored; each is one that the collector takes. */
function eventsIn(stateDir: string): readonly Record<string, unknown>[] {
  const db = new Database(join(stateDir, 'agent', 'outbox.db'), { readonly: true })
  try {
    return db
      .prepare<[], { body: string }>(
        "SELECT body FROM event WHERE lane = 'operations' ORDER BY sequence",
      )
      .all()
      .map(({ body }): Record<string, unknown> => JSON.parse(body))
      .filter(({ kind }) => String(kind).startsWith('list-'))
  } finally {
    db.close()
  }
}

t.test(
  'downloaded lists block, stay through every bad update, and are shown with the reason',
  { skip, timeout: 110_000 },
  async (t) => {
    const folder = shortFolder(t)
    const server = await startListServer(t, makeAuthority(folder))
    let isOffline = false
    const upstream = await startFakeUpstream(({ name, type }) => {
      if (isOffline) return undefined
      return type === 'A'
        ? { answers: [a(name, name.endsWith('lists.test') ? '127.0.0.1' : '192.0.2.1')] }
        : {}
    })
    t.teardown(() => upstream.close())
    server.serve = sends(GOOD, { etag: '"good"' })
    const options = {
      folder,
      upstreamPorts: [upstream.port],
      config: {
        lists: [
          {
            id: 'games',
            url: server.url('/games.txt'),
            every: '24h',
            format: 'domains',
            category: 'adult.porn',
            licence: 'CC BY-SA 4.0',
            source: 'University of \u202eTest',
          },
        ],
        downloads: { 'private-hosts': ['lists.test'], ca: 'ca.pem' },
      },
      untilBlocked: 'name0.listed.test',
    }
    const agent = await startAgentProcess(options)
    t.teardown(() => agent.stop())
    const { stateDir } = agent
    const edge = (...words: readonly string[]): Promise<Ran> =>
      run(folder, ...words, '--state', stateDir)
    await until('control socket', async () => (await edge('lists')).code !== 3)

    const shown = await edge('lists')
    t.equal(shown.code, 0, shown.err)
    for (const words of [
      /^games$/m,
      /state +in force/,
      /100 names/,
      /CC BY-SA 4\.0/,
      /next in 2\d h/,
      /lists\.test:\d+\/games\.txt/,
    ])
      t.match(shown.out, words)
    t.match(shown.out, 'University of \\u{202e}Test', 'hostile text is shown for what it is')
    t.notMatch((await edge('status')).out, /the newest version of list/)
    t.equal(statSync(join(stateDir, 'agent', 'lists', 'games', 'version-1')).mode & 0o777, 0o600)
    t.equal(statSync(join(stateDir, 'agent', 'lists')).mode & 0o777, 0o700)

    const bad: readonly (readonly [what: string, serve: Serve, told: RegExp])[] = [
      ['a web page', sends('<!DOCTYPE html>'), /it is a web page/],
      ['empty', sends(''), /it is empty/],
      ['lines that mean everything', sends('://\n*\n.\n||^\ncom\nuk\n'), /no usable rule/],
      [
        'a bomb',
        sends(Buffer.concat(Array<Buffer>(64).fill(gzipSync(Buffer.alloc(16_777_216))))),
        /100 times its size|more than \d+ bytes/,
      ],
      ['half', sends(namesText(50)), /50 names.*more than 30 % fewer/],
      [
        'a guard name',
        sends(`${GOOD}www.gov.uk\nwww.childline.org.uk\n`),
        /blocks www\.(gov\.uk|childline\.org\.uk) and 1 more/,
      ],
      [
        'a redirect into the school',
        (_, response) => void response.writeHead(302, { location: 'https://10.0.0.1/' }).end(),
        /10\.0\.0\.1/,
      ],
      [
        '1 GB',
        (_, response) =>
          void response.writeHead(200, { 'content-length': '1073741824' }).write('a.test\n'),
        /larger than 134217728 bytes/,
      ],
    ]
    for (const [what, serve, told] of bad) {
      server.serve = serve
      const refreshed = await edge('lists', '--refresh', 'games')
      t.equal(refreshed.code, 1, what)
      t.match(refreshed.out, told, what)
      t.match(refreshed.out, /^ {2}do +\w/m, `${what}: what to do`)
      const names = ['name99.listed.test', 'www.gov.uk', 'www.childline.org.uk']
      const statuses = ['NXDOMAIN', 'NOERROR', 'NOERROR']
      t.strictSame(await statusesOf(names, agent), statuses, what)
    }
    t.match((await edge('status')).out, /the newest version of list games is not used/)
    t.match(
      await (await fetch(agent.metricsUrl)).text(),
      /edge_list_needs_attention\{list="games"\} 1/,
    )

    server.serve = sends(NEWER)
    t.match(await edge('lists', '--refresh', 'games'), { code: 0, out: /101 names/ })
    await until('newer', async () => (await statusOf('newer.listed.test', agent)) === 'NXDOMAIN')
    t.notMatch((await edge('status')).out, /the newest version of list/)

    server.serve = sends(namesText(10), { etag: '"ten"' })
    t.match(await edge('lists', '--refresh', 'games'), {
      code: 1,
      out: /WAITS FOR A WORD[^]*10 names/,
    })
    t.equal(await statusOf('name99.listed.test', agent), 'NXDOMAIN')
    t.match(await edge('lists', '--accept', 'games', '--who', 'Ms Test'), {
      code: 0,
      out: /10 names/,
    })
    await until('accepted', async () => (await statusOf('name99.listed.test', agent)) === 'NOERROR')
    t.equal(await statusOf('name9.listed.test', agent), 'NXDOMAIN')
    t.match(await edge('lists', '--accept', 'games'), {
      code: 4,
      err: /no version of list games waits/,
    })
    t.match(await edge('lists', '--refresh', 'none'), {
      code: 4,
      err: /no such list is configured/,
    })
    const metrics = await (await fetch(agent.metricsUrl)).text()
    t.match(metrics, /edge_list_attempts_total\{result="updated"\} 3/)
    t.match(metrics, /edge_list_stale\{list="games"\} 0/)
    t.match(metrics, /edge_list_confirmed_age_seconds\{list="games"\} \d/)

    await agent.stop()
    const events = eventsIn(stateDir)
    for (const body of events) {
      const whole = { v: 1, id: 'x', revision: 1, at: 0, lane: 'operations', sequence: 1, body }
      t.equal(storedEvent.safeParse(whole).success, true, JSON.stringify(body))
    }
    t.match(
      events.filter(({ kind }) => kind === 'list-updated'),
      [
        { list: 'games', names: 100, namesBefore: undefined },
        { list: 'games', names: 101, namesBefore: 100 },
        { list: 'games', names: 10, namesBefore: 101, who: 'Ms Test' },
      ],
    )
    t.strictSame(
      events.filter(({ kind }) => kind === 'list-refused').map(({ trouble }) => trouble),
      [
        'html',
        'empty',
        'too-large',
        'changed-size',
        'guard-name',
        'private-address',
        'too-large',
        'changed-size',
      ],
      'each reason once, as it begins',
    )

    server.serve = (request, response) =>
      void response.writeHead(request.headers['if-none-match'] === '"ten"' ? 304 : 500).end()
    isOffline = true
    const offline = await startAgentProcess(options)
    t.teardown(() => offline.stop())
    t.equal(
      await statusOf('name9.listed.test', offline),
      'NXDOMAIN',
      'without internet after a restart',
    )
    isOffline = false
    await until('control socket', async () => (await edge('lists')).code !== 3)
    t.match(await edge('lists', '--refresh', 'games'), { code: 0, out: /state +in force/ })
    t.equal(server.asked.at(-1)?.headers['if-none-match'], '"ten"', 'validators outlive a restart')
  },
)
