import { spawn } from 'node:child_process'
import { existsSync, statSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { ControlApi } from '#agent/control/control-api.ts'
import { startControlServer } from '#agent/control/control-server.ts'
import { ask, exitOf } from '#cli/control-client.ts'
import { listLines } from '#cli/list-lines.ts'
import { failure, isFailure } from '#domain/failure.ts'
import { systemClock } from '#platform/clock.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { goodApi, goodList, goodStatus } from './fake-agent.ts'
import { run } from './run.ts'

const LIMITS = { controlConnections: 4, controlBodyBytes: 2048 }

/** An agent's control socket in a state folder of its own. */
async function served(t: Test, api: Partial<ControlApi> = {}) {
  const state = shortFolder(t, 'agent')
  const socket = join(state, 'agent', 'agent.sock')
  const faults: string[] = []
  const options = { path: socket, limits: LIMITS, onFault: (detail: string) => faults.push(detail) }
  const server = await startControlServer({ ...options, api: { ...goodApi, ...api } })
  t.teardown(() => server.close())
  return { state, socket, faults, server }
}

t.test('what is asked over the socket is answered by the functions', async (t) => {
  const { socket } = await served(t)
  t.strictSame(await ask({ socket, method: 'GET', path: '/status' }), { reply: goodStatus })
  const body = { name: 'example.org', type: 'A', group: 'ks3' }
  t.match(await ask({ socket, method: 'POST', path: '/explain', body }), {
    reply: { name: 'example.org', group: 'ks3', verdict: 'allow' },
  })
  t.match(await ask({ socket, method: 'GET', path: '/events/counts' }), { reply: { waiting: 1 } })
  const reveal = { who: 'someone', reason: 'a concern was raised', limit: 5 }
  t.strictSame(await ask({ socket, method: 'POST', path: '/events/reveal', body: reveal }), {
    reply: { events: [] },
  })
})

t.test('only the owner may open the socket, and closing removes it', async (t) => {
  const { socket, server } = await served(t)
  t.equal(statSync(socket).mode & 0o777, 0o600)
  await server.close()
  t.notOk(existsSync(socket))
})

t.test('bad questions are refused with a reason', async (t) => {
  const { socket } = await served(t)
  const post = (path: string, body: object) => ask({ socket, method: 'POST', path, body })
  const cases: readonly (readonly [string, object, string, RegExp])[] = [
    ['/explain', { name: 'x', type: 'A', more: 1 }, 'bad-request', /more/],
    ['/explain', { type: 'A' }, 'bad-request', /name/],
    ['/explain', { name: 'x', type: 'A', client: 'a', group: 'b' }, 'bad-request', /both/],
    ['/explain', { name: 'x'.repeat(3000), type: 'A' }, 'refused', /at most 2048 bytes/],
    ['/cache/flush', { name: 'x' }, 'bad-request', /either all: true, or name and below/],
    ['/cache/flush', { all: true, name: 'x', below: false }, 'bad-request', /either all: true/],
    ['/events/reveal', { who: 'x', reason: 'a', limit: 1 }, 'bad-request', /reason/],
    ['/events/reveal', { who: 'x', reason: 'a concern', limit: 501 }, 'bad-request', /limit/],
    ['/status', {}, 'refused', /no such question/],
    ['/nothing', {}, 'refused', /no such question/],
  ]
  for (const [path, body, kind, detail] of cases)
    t.match(await post(path, body), { failure: kind, detail }, `${path} ${kind}`)
})

t.test(
  'a body that is not JSON is refused; one that looks like a failure is only a body',
  async (t) => {
    const { socket } = await served(t)
    t.match(await ask({ socket, method: 'POST', path: '/explain' }), { failure: 'bad-request' })
    const body = { failure: 'refused', detail: 'x' }
    t.match(await ask({ socket, method: 'POST', path: '/explain', body }), {
      failure: 'bad-request',
    })
  },
)

t.test('failures of the functions become the exit codes that stand in the help', async (t) => {
  for (const [kind, code] of [
    ['bad-request', 2],
    ['refused', 4],
    ['store-unavailable', 1],
  ] as const) {
    const { socket } = await served(t, {
      eventCounts: () => Promise.resolve(failure(kind, 'because')),
    })
    const answer = await ask({ socket, method: 'GET', path: '/events/counts' })
    t.match(answer, { detail: 'because' })
    t.equal(isFailure(answer) ? exitOf(answer) : undefined, code, kind)
  }
})

t.test(
  'a function that throws is a fault of the agent: told to it, not to the asker',
  async (t) => {
    const { socket, faults } = await served(t, {
      status: () => Promise.reject(new Error('secret detail')),
    })
    const answer = await ask({ socket, method: 'GET', path: '/status' })
    t.match(answer, { failure: 'faulty', detail: /its log says why/ })
    t.strictSame(faults, ['secret detail'])
  },
)

t.test('a socket left over by a killed process is replaced', async (t) => {
  const folder = shortFolder(t)
  const path = join(folder, 'agent.sock')
  await leaveSocket(path)
  t.ok(existsSync(path), 'it is left over')
  const server = await startControlServer({
    path,
    api: goodApi,
    limits: LIMITS,
    onFault: () => undefined,
  })
  t.match(await ask({ socket: path, method: 'GET', path: '/status' }), { reply: { state: 'ok' } })
  await server.close()
})

t.test('a socket that is served, a file and an endless path are start-up faults', async (t) => {
  const { socket, state } = await served(t)
  const options = { api: goodApi, limits: LIMITS, onFault: () => undefined }
  await t.rejects(startControlServer({ ...options, path: socket }), {
    code: 'EDGE_SOCKET',
    message: /another process already runs on this state folder/,
  })
  const file = join(state, 'file')
  writeFileSync(file, 'x')
  await t.rejects(startControlServer({ ...options, path: file }), { message: /is no socket/ })
  const long = join(state, 'x'.repeat(120))
  await t.rejects(startControlServer({ ...options, path: long }), { message: /longer than 107/ })
})

t.test(
  'an agent that is not there, one that ended and one that hangs are told apart',
  async (t) => {
    const folder = shortFolder(t)
    const gone = join(folder, 'gone.sock')
    t.match(await ask({ socket: gone, method: 'GET', path: '/status' }), {
      failure: 'unreachable',
      detail: /nothing runs on this state folder/,
    })
    const left = join(folder, 'left.sock')
    await leaveSocket(left)
    t.match(await ask({ socket: left, method: 'GET', path: '/status' }), {
      failure: 'unreachable',
      detail: /does not run any more/,
    })
    const hung = join(folder, 'hung.sock')
    const server = createServer(() => undefined).listen(hung)
    t.teardown(() => server.close())
    const answer = await ask({ socket: hung, method: 'GET', path: '/status', timeoutMs: 100 })
    t.match(answer, { failure: 'unreachable', detail: /did not answer in time/ })
  },
)

t.test('status, explain and events speak to the agent and end as the help says', async (t) => {
  const { state } = await served(t)
  const status = await run(state, 'status', '--state', state)
  t.equal(status.code, 0)
  t.match(status.out, /^state {7}ok$/m)
  t.match(status.out, /^listening {3}udp 127\.0\.0\.1:5300, tcp \[::1\]:5300$/m)
  t.match(status.out, /No list installed: this box cannot notice suicide\./)
  const json = await run(state, 'status', '--state', state, '--json')
  t.match(JSON.parse(json.out), { state: 'ok', themesWithoutList: ['suicide'] })
  const explain = await run(state, 'explain', 'example.org', '--group', 'ks3', '--state', state)
  t.match(explain, { code: 0, out: /^verdict: allow: default$/m })
  const events = await run(state, 'events', '--state', state)
  t.match(events, { code: 0, out: /2026-01-31 {2}harm\.selfharm: 2 events, 7 lookups/ })
  t.match(await run(state, 'status', '--state', join(state, 'none')), {
    code: 3,
    err: /cannot reach/,
  })
})

t.test('a degraded agent ends status with 1', async (t) => {
  const status = { ...goodStatus, state: 'degraded', reasons: ['the link is down'] } as const
  const { state } = await served(t, { status: () => Promise.resolve(status) })
  t.match(await run(state, 'status', '--state', state), { code: 1, out: /the link is down/ })
})

t.test('hostile text never reaches the terminal as it is', async (t) => {
  const { state } = await served(t, {
    explain: (request) =>
      Promise.resolve({
        ...request,
        group: 'ks1',
        time: 'now',
        stages: [{ stage: 'a', say: 'evil\u001b[2J\u202eyes' }],
        verdict: 'allow',
        reason: 'r\r\nstate ok',
      }),
  })
  const { out } = await run(state, 'explain', 'a\u0007b\u009b.test', '--state', state)
  t.match(out, /evil\\x1b\[2J\\u\{202e\}yes/)
  t.match(out, /a\\x07b\\x9b\.test/)
  t.match(out, /r\\x0d\\x0astate ok/)
  t.match(out.replaceAll('\n', ''), /^[ -~]+$/)
})

t.test(
  'lists: what a server or a list says is shown for what it is, with why and what to do',
  async (t) => {
    const evil = 'x\u001b[2J\u202ey'
    const lines = [{ line: 7, text: evil, reason: 'no name' }]
    const inForce = { ...goodList.inForce, version: evil, names: 3, updatedAt: 0, refusedLines: 9 }
    const shown = {
      ...goodList,
      state: 'refused' as const,
      licence: 'CC BY-SA 4.0',
      inForce: {
        ...inForce,
        refused: lines,
        guards: ['www.gov.uk'],
        url: `https://a.test/${evil}`,
      },
      fault: { trouble: 'bad-status', detail: evil, since: 0 },
      advice: 'see whether the address is right',
    }
    const { state } = await served(t, { lists: () => Promise.resolve({ lists: [shown] }) })
    const { code, out } = await run(state, 'lists', '--state', state)
    t.equal(code, 1)
    t.match(out.replaceAll('\n', ''), /^[ -~]+$/)
    for (const words of [
      /NEWEST REFUSED/,
      /licence +CC BY-SA 4\.0/,
      /line 7: x\\x1b\[2J\\u\{202e\}y: no name/,
      /blocks +www\.gov\.uk/,
      /^  taken from +https:\/\/a\.test\/x/m,
      /do +see whether the address/,
    ])
      t.match(out, words)
    t.match(out, /and 8 more, of which only the number was kept/)
    const json = await run(state, 'lists', '--json', '--state', state)
    t.match(JSON.parse(json.out), { lists: [{ id: 'games', state: 'refused' }] })
    t.match(await run(state, 'lists', '--accept', 'a', '--refresh', 'b', '--state', state), {
      code: 2,
    })
    const none = await served(t, { lists: () => Promise.resolve({ lists: [] }) })
    t.match(await run(none.state, 'lists', '--state', none.state), {
      code: 0,
      out: /shipped sets alone/,
    })
  },
)

t.test('lists: a few refused lines are shown, and --json shows all that are kept', async (t) => {
  const refused = Array.from({ length: 100 }, (_, i) => ({ line: i, text: `x${i}`, reason: 'bad' }))
  const answering = (refusedLines: number) => {
    const inForce = { ...goodList.inForce, version: '7', names: 3, updatedAt: 0, guards: [] }
    const lists = [{ ...goodList, inForce: { ...inForce, refusedLines, refused } }]
    return served(t, { lists: () => Promise.resolve({ lists }) })
  }
  const { state } = await answering(150)
  const { out } = await run(state, 'lists', '--state', state)
  t.match(out, /refused +150 lines\n +x0: bad\n +line 1: x1: bad\n/, 'a folder has no line')
  t.match(out, /line 4: x4: bad\n +and 145 more: supercloud-edge lists --json \(the first 100\)\n/)
  t.notMatch(out, /line 5/)
  const { out: json } = await run(state, 'lists', '--json', '--state', state)
  t.match(JSON.parse(json), { lists: [{ id: 'games', inForce: { refused } }] })
  const all = await answering(100)
  const few = await run(all.state, 'lists', '--state', all.state)
  t.match(few.out, /and 95 more: supercloud-edge lists --json\n/)
})

t.test('lists: a state that is not known is shown as it is, whatever word it is', async (t) => {
  for (const state of ['new-state', 'constructor', '__proto__'])
    t.match(
      listLines({ ...goodList, state }, systemClock).join('\n'),
      new RegExp(`^ +state +${state}$`, 'm'),
    )
})

t.test(
  'events are revealed only with a reason, which goes to the agent with who asks',
  async (t) => {
    const asked: object[] = []
    const { state } = await served(t, {
      revealEvents: (request) => {
        asked.push(request)
        return Promise.resolve({ events: [lookupBlocked] })
      },
    })
    const bare = await run(state, 'events', '--reveal', '--state', state)
    t.match(bare, { code: 2, err: /--reveal needs --reason/ })
    t.equal(asked.length, 0)
    const words = ['events', '--reveal', '--reason', 'a concern was raised', '--limit', '3']
    const told = await run(state, ...words, '--state', state)
    t.match(asked, [{ reason: 'a concern was raised', limit: 3, who: /.+/ }])
    t.match(told, {
      code: 0,
      out: /harm\.selfharm {2}192\.0\.2\.7 {2}in ks3 {2}name withheld {2}x2/,
    })
  },
)

t.test('a sign-in code comes from the collector beside', async (t) => {
  const state = shortFolder(t, 'collector')
  const server = createHttpServer((request, response) => {
    const isRight = request.method === 'POST' && request.url === '/sign-in-code'
    response.writeHead(isRight ? 200 : 404).end(JSON.stringify({ code: 'ABCD-EFGH' }))
  }).listen(join(state, 'collector', 'collector.sock'))
  t.teardown(() => server.close())
  t.match(await run(state, 'sign-in-code', '--state', state), { code: 0, out: 'ABCD-EFGH\n' })
  t.match(await run(state, 'sign-in-code', '--state', join(state, 'x')), { code: 3, out: '' })
})

const lookupBlocked = {
  v: 1,
  lane: 'safeguarding',
  sequence: 1,
  id: 'x',
  revision: 1,
  at: 0,
  body: {
    kind: 'lookup-blocked',
    group: 'ks3',
    client: { address: '192.0.2.7' },
    category: 'harm.selfharm',
    theme: 'self-harm',
    severity: 'high',
    name: { form: 'hash', hash: 'abc' },
    list: 'canaries',
    count: 2,
    firstAt: 0,
    lastAt: 1,
  },
} as const

/** A socket file whose server ended without removing it, as kill -9 leaves it. */
async function leaveSocket(path: string): Promise<void> {
  const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`
  const child = spawn(process.execPath, ['-e', script])
  await new Promise((resolve) => child.on('exit', resolve))
}

t.test('flush: a fast path that does not say how many it dropped is told of', async (t) => {
  const { state } = await served(t, { flush: () => Promise.resolve({ main: 1 }) })
  t.match(await run(state, 'flush', '--all', '--state', state), {
    code: 1,
    out: 'dropped: 1 answer by the main thread, the fast path did not say',
  })
})
