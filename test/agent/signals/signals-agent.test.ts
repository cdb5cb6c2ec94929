/** A real agent: lookups become signals of events, and rows of the log that `queries` reads; help is nowhere. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { encode } from 'dns-packet'
import t from 'tap'
import { run } from '#test/cli/run.ts'
import { metricsOf, startAgentProcess } from '#test/support/agent-process.ts'
import { a, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { shortFolder } from '#test/support/short-folder.ts'

const CLIENT = '127.0.5.7'
const HELP = ['www.samaritans.org', 'secret-help-label.childline.org.uk']
const FAITH = 'www.quaker.org.uk'
const OPEN = 'plain-open-name.example.org'
const HARM = 'harm-name.test'
const BETTING = 'betting-name.test'

t.setTimeout(600_000)

async function askAll(port: number, names: readonly string[]): Promise<void> {
  const socket = createSocket('udp4')
  socket.bind(0, CLIENT)
  await once(socket, 'listening')
  for (const name of names) {
    const answered = once(socket, 'message')
    const questions = [{ type: 'A', name } as const]
    socket.send(encode({ type: 'query', id: 7, questions }), port, '127.0.0.1')
    await answered
  }
  socket.close()
}

interface Row {
  readonly kind: string
  readonly category: string
  readonly body: string
}

function eventsOf(stateDir: string, kind: string): readonly Row[] {
  const db = new Database(join(stateDir, 'agent', 'outbox.db'), { readonly: true })
  try {
    return db
      .prepare<[string], Row>(
        "SELECT body, json_extract(body, '$.kind') AS kind, json_extract(body, '$.category') AS category FROM event WHERE kind = ? ORDER BY sequence",
      )
      .all(kind)
  } finally {
    db.close()
  }
}

/** All bytes of all files under a folder. */
function bytesUnder(folder: string, isWanted: (name: string) => boolean = () => true): Buffer {
  const files = readdirSync(folder, { withFileTypes: true, recursive: true })
  return Buffer.concat(
    files
      .filter((file) => file.isFile() && isWanted(file.name))
      .map((file) => readFileSync(join(file.parentPath, file.name))),
  )
}

async function until(isSo: () => Promise<boolean> | boolean, what: string): Promise<void> {
  for (let i = 0; i < 300; i++) {
    if (await isSo()) return
    await sleep(200)
  }
  throw new Error(`in vain: ${what}`)
}

t.test('from lookups to signals and the log', async (t) => {
  const folder = shortFolder(t)
  const upstream = await startFakeUpstream(({ name }) => ({ answers: [a(name, '192.0.2.9')] }))
  t.teardown(() => upstream.close())
  const agent = await startAgentProcess({
    folder,
    upstreamPorts: [upstream.port],
    files: { 'harm.txt': `${HARM}\n`, 'betting.txt': `${BETTING}\n` },
    config: {
      networks: [{ cidr: '127.0.0.0/8', group: 'ks4' }],
      groups: {
        ks4: { categories: { 'commerce.gambling': 'monitor', uncategorised: 'allow' } },
      },
      lists: [
        { id: 'harm', path: 'harm.txt', format: 'domains', category: 'harm.selfharm' },
        { id: 'betting', path: 'betting.txt', format: 'domains', category: 'commerce.gambling' },
      ],
    },
    untilBlocked: HARM,
    startTimeoutMs: 300_000,
  })
  t.teardown(() => agent.stop())
  await until(
    async () => (await run(folder, 'status', '--state', agent.stateDir)).code !== 3,
    'the control socket',
  )
  await askAll(agent.port, [OPEN, OPEN, ...HELP, FAITH, HARM, BETTING])

  await until(() => eventsOf(agent.stateDir, 'lookup-monitored').length > 0, 'a watched lookup')
  t.match(eventsOf(agent.stateDir, 'lookup-monitored')[0], { category: 'commerce.gambling' })
  const signalOf = (): string | undefined =>
    eventsOf(agent.stateDir, 'lookup-blocked').findLast(
      ({ body }) => body.includes(CLIENT) && body.includes('"signal"'),
    )?.body
  await until(() => signalOf() !== undefined, 'a signal')
  const event = JSON.parse(signalOf() ?? '{}')
  t.match(event, { category: 'harm.selfharm', profile: 'secondary', signal: { moment: 'unknown' } })

  const queries = (...words: readonly string[]) =>
    run(folder, 'queries', ...words, '--state', agent.stateDir)
  const why = ['--reason', 'asked by the head'] as const
  let told = await queries('--client', CLIENT, ...why)
  const isAllThere = (): boolean => [OPEN, HARM, BETTING].every((name) => told.out.includes(name))
  for (let i = 0; i < 100 && !isAllThere(); i++) {
    await sleep(500)
    told = await queries('--client', CLIENT, ...why)
  }
  t.match(told, { code: 0 })
  // In one row, or in two where a batch ended between them.
  const open = told.out.matchAll(
    new RegExp(`${CLIENT}  ${OPEN}  allowed  uncategorised  x(\\d)`, 'g'),
  )
  t.equal(
    [...open].reduce((sum, [, times]) => sum + Number(times), 0),
    2,
  )
  t.match(told.out, new RegExp(`${HARM}  blocked  harm.selfharm  x1`))
  t.match(told.out, new RegExp(`${BETTING}  monitored  commerce.gambling  x1`))
  t.match(await queries('--name', 'example.org', '--json', ...why), { out: new RegExp(OPEN) })
  t.match(await queries('--name', 'nothing.test', ...why), {
    code: 0,
    out: /nothing was looked up/,
  })
  t.match(await queries('--client', CLIENT, '--to', '2020-01-01T10:00', ...why), {
    out: /nothing was looked up/,
  })
  t.match(await queries('--client', CLIENT), { code: 2, err: /--reason/ })
  t.match(await queries(...why), { code: 2, err: /--client WHO or --name/ })
  t.match(await queries('--client', CLIENT, '--from', 'now', ...why), { err: /no such time/ })
  const reads = eventsOf(agent.stateDir, 'events-revealed').map(({ body }) => JSON.parse(body))
  t.match(reads.at(-1), { of: 'queries', reason: 'asked by the head', count: 0 })
  t.ok(
    reads.some(({ count }) => count >= 3),
    'how much was read is on record',
  )

  const status = await run(folder, 'status', '--state', agent.stateDir)
  t.match(status.out, /signals +on, \d clients?, dropped 0/)
  t.match(status.out, /query log +\d+\.\d MiB/)
  const metrics = await metricsOf(agent)
  t.match(metrics, /edge_signal_lookups_total [1-9]/)
  t.match(metrics, /edge_query_log_batches_total [1-9]/)
  for (const name of [OPEN, HARM, ...HELP, FAITH]) t.notMatch(metrics, name)

  const left = (): Buffer => bytesUnder(folder, (name) => !name.endsWith('.yaml'))
  t.ok(left().includes(OPEN), 'the search finds what is there')
  t.equal(await agent.stop().then(({ code }) => code), 0)
  const log = bytesUnder(agent.stateDir, (name) => name.startsWith('queries.db'))
  t.ok(log.includes(OPEN))
  const wire = (name: string): string => name.replaceAll('.', String.fromCharCode(3))
  for (const name of [...HELP, FAITH]) {
    t.notOk(log.includes(name), name)
    t.notOk(log.includes(wire(name)), name)
  }
  t.notOk(left().includes('secret-help-label'), 'in no file at all')
  t.notOk(agent.log().includes('secret-help-label'))
})
