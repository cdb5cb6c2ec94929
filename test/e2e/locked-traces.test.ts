/** After names that the law locks were looked up in every way, nothing anywhere holds one of them. */
import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { run } from '#test/cli/run.ts'
import { a, cname, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { makeTestPublisher } from '#test/support/locked-bundle.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { startEverything } from '#test/support/start-process.ts'

const digMissing = existsSync('/usr/bin/dig') ? false : 'needs dig: the Debian package `dnsutils`'
const LOCKED = 'zqlockedone.example.org'
const HOP = 'zqlockedhop.example.net'
/** Leads to it, and so is not told either. */
const ALIAS = 'zqalias.example.com'
/** Asked for until the bundle is in force, and so before it may not be written down. */
const PROBE = 'zqprobe.example.org'
/** A blocked name that may be known: what is looked for would be found. */
const SEEN = 'zqseen.canary-commerce-gambling.test'

/** Everything that would give a name away. */
function forms(name: string): readonly string[] {
  const [label = ''] = name.split('.')
  const wire = `${String.fromCharCode(label.length)}${label}`
  return [label, label.toUpperCase(), wire, Buffer.from(label).toString('hex')].concat(
    // Base64 has three ways to begin with it, each without its first and last characters.
    [0, 1, 2].map((pad) =>
      Buffer.from(`${'.'.repeat(pad)}${label}`)
        .toString('base64')
        .slice(4, -4),
    ),
  )
}

t.test('a locked name leaves no trace', { skip: digMissing, timeout: 170_000 }, async (t) => {
  const upstream = await startFakeUpstream(({ name }) => ({
    answers: name.startsWith('zqalias')
      ? [cname(name, HOP), a(HOP, '192.0.2.1')]
      : [a(name, '192.0.2.1')],
  }))
  t.teardown(() => upstream.close())
  const folder = shortFolder(t)
  const edge = await startEverything(folder, {
    upstreams: [{ address: '127.0.0.1', port: upstream.port }],
    networks: [{ cidr: '127.0.0.0/8', group: 'ks3' }],
  })
  t.teardown(() => edge.stop())
  const outputs: string[] = []
  const command = async (...words: readonly string[]): Promise<string> => {
    const { out, err } = await run(folder, ...words, '--state', edge.stateDir)
    outputs.push(out, err)
    return out + err
  }
  const operator = makeTestPublisher()
  const { publisher, key } = operator.handOver(folder)
  const bundle = join(folder, 'new.bundle')
  writeFileSync(
    bundle,
    operator.bundle([`illegal.csam ${LOCKED}`, `illegal.terror ${HOP}`, `illegal.csam ${PROBE}`]),
  )
  await command('locked', 'install', bundle, '--publisher', publisher, '--key', key)
  const dig = async (...words: readonly string[]): Promise<string> => {
    const to = ['@127.0.0.1', '-p', String(edge.dnsPort), '+tries=1']
    return (await promisify(execFile)('dig', [...to, ...words])).stdout
  }
  const giveUpAt = performance.now() + 10_000
  while (!/EDE: 16/.test(await dig(PROBE)))
    if (performance.now() > giveUpAt) throw new Error('the bundle is not in force')

  for (const words of [[], ['+tcp'], ['AAAA'], ['HTTPS'], ['ANY'], ['+dnssec', '+cd']]) {
    await dig(LOCKED, ...words)
    await dig(`www.${LOCKED.toUpperCase()}`, ...words)
  }
  t.match(await dig(ALIAS), /EDE: 16/)
  await dig(SEEN)
  for (const name of [LOCKED, HOP, ALIAS])
    for (const more of [[], ['--json']]) {
      const text = await command('explain', name, '--group', 'ks3', ...more)
      t.match(text, /blocked as the law requires/, name)
      t.notMatch(text, /illegal|EDE|zqlocked|zqalias/, name)
    }
  const what = ['--group', 'ks3', '--minutes', '5', '--reason', 'as a try']
  t.match(await command('release', '--name', LOCKED, ...what), /blocked because of locked/)
  await command('release', '--list')
  for (const more of [[], ['--json']]) {
    await command('status', ...more)
    await command('events', ...more)
    t.match(
      await command('events', '--reveal', '--reason', 'as a try', ...more),
      more.length > 0 ? /"form": "hash"/ : /illegal\.csam .*name withheld/,
    )
  }
  await command('check', edge.configFile)

  await sleep(1_500)
  const fleet = edge.collectorMetricsUrl.replace(/metrics$/, 'metrics/fleet')
  for (const url of [edge.metricsUrl, edge.collectorMetricsUrl, fleet])
    outputs.push(await (await fetch(url)).text())
  t.match(outputs.at(-1), /edge_locked_bundle_installed\{.*\} 1\n/)
  outputs.push(...(await pages(t, edge.consoleUrl, await command('sign-in-code', '--json'))))
  outputs.push(...processArguments(edge.pid))
  const { code } = await edge.stop()
  t.equal(code, 0)
  outputs.push(edge.said())

  const files = filesUnder(edge.stateDir).map(
    (file) => [file, readFileSync(file, 'latin1')] as const,
  )
  for (const form of [LOCKED, HOP, ALIAS].flatMap(forms)) {
    t.same(
      files.filter(([, text]) => text.includes(form)).map(([file]) => file),
      [],
      `files: ${JSON.stringify(form)}`,
    )
    t.same(
      outputs.filter((text) => text.includes(form)),
      [],
      `outputs: ${JSON.stringify(form)}`,
    )
  }
  t.ok(
    files.some(([, text]) => text.includes('zqseen')),
    'another blocked name is in the files',
  )
  t.ok(
    outputs.some((text) => text.includes('zqseen')),
    'and in what was said',
  )
})

/** Every page of the console, events and all. */
async function pages(t: Test, console: string, said: string): Promise<readonly string[]> {
  const answer = await fetch(`${console}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: console },
    body: new URLSearchParams({ code: JSON.parse(said).code }),
  })
  const cookie = answer.headers.get('set-cookie')?.split(';', 1)[0] ?? ''
  const get = async (path: string): Promise<string> =>
    (await fetch(`${console}${path}`, { headers: { cookie } })).text()
  const events = await get('/events')
  const links = [...events.matchAll(/href="(\/events\/[^"?]+)"/g)].map(([, href]) => href ?? '')
  const others = await Promise.all(['/setup', ...links, '/appliances', '/knowledge'].map(get))
  t.match(events, /Child sexual abuse material/)
  t.match(events, /Unlawful terrorist content/, 'by what it leads to')
  t.match(others.at(-1), /Illegal-content list in force, whole names only; publisher/)
  t.match(others.at(-2), /Illegal-content list in force/)
  return [events, ...others]
}

/** What anybody on the machine may read of the program's processes. */
function processArguments(pid: number): readonly string[] {
  const tasks = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')
  const texts = [String(pid), ...tasks].map((one) => readFileSync(`/proc/${one}/cmdline`, 'latin1'))
  t.ok(
    texts.some((text) => text.includes('agent')),
    'the agent is among them',
  )
  return texts
}

function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}
