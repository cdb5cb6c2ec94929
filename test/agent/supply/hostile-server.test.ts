/** A server that does everything wrong, or means harm: the last good list stays, and the reason is told. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import {
  type ListServer,
  makeAuthority,
  namesText,
  type Serve,
  sends,
  startListServer,
  startNames,
} from '#test/support/list-server.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { makeBox, makeList } from './supply-support.ts'

const authority = makeAuthority(shortFolder(t))
const certificate = authority.certify('lists.test')
const GOOD = namesText(100)
const MIB = 1_048_576
/** 1 GiB of zeros in about 1 MB: gzip members one after another are one file. */
const GZIP_BOMB = Buffer.concat(Array<Buffer>(64).fill(gzipSync(Buffer.alloc(16 * MIB))))

async function started(t: Test, limits: Readonly<Record<string, number>> = {}) {
  const server = await startListServer(t, authority, certificate)
  const namesPort = await startNames(t)
  const { caFile } = authority
  const box = makeBox(shortFolder(t), { namesPort, caFile, limits })
  const list = makeList({ urls: [server.url('/l.txt')] })
  server.serve = sends(GOOD)
  t.match(await box.take(list), { result: 'updated', record: { good: { names: 100 } } })
  return { server, box, list, namesPort }
}

const answer =
  (status: number, headers: Readonly<Record<string, string>> = {}): Serve =>
  (_, response) =>
    response.writeHead(status, headers).end()

const bad: readonly (readonly [
  what: string,
  trouble: string,
  serve: Serve | ((server: ListServer) => Serve),
  told: RegExp,
])[] = [
  ['a status of 500', 'bad-status', answer(500), /status 500/],
  ['a status of 404', 'bad-status', answer(404), /status 404/],
  ['304 to what was not asked so', 'bad-status', answer(304), /was not asked/],
  ['a web page', 'html', sends('\n <!DOCTYPE html><p>Sign in'), /sign-in page/],
  ['a web page without a doctype', 'html', sends('<html><body>hello'), /web page/],
  ['nothing', 'empty', sends(''), /it is empty/],
  ['comments only', 'empty', sends('# nothing\n'), /it is empty/],
  ['lines that say nothing', 'empty', sends('://\n*\n.\n||^\n'), /all of its \d lines are refused/],
  ['top-level names only', 'empty', sends('test\ncom\n.\nsch.uk\n'), /no usable rule/],
  ['mostly garbage', 'not-a-list', sends(`${'a..b\n'.repeat(200)}${GOOD}`), /200 of its lines/],
  ['half a list', 'changed-size', sends(namesText(50)), /50 names .* 100: more than 30 % fewer/],
  ['a list three times as long', 'changed-size', sends(namesText(300)), /300 names .* more$|more;/],
  [
    'a guard name',
    'guard-name',
    sends(`${GOOD}www.gov.uk\n`),
    /blocks www\.gov\.uk, which a school/,
  ],
  ['what is above guard names', 'guard-name', sends(`${GOOD}microsoft.com\n`), /and \d+ more/],
  [
    'fewer bytes than said',
    'cut-off',
    (_, response) => {
      response.writeHead(200, { 'content-length': '5000' })
      response.write('name0.listed.test\n')
      setTimeout(() => response.destroy(), 50)
    },
    /cut off/,
  ],
  [
    'half of a chunked body',
    'cut-off',
    (_, response) => {
      response.writeHead(200)
      response.write(GOOD)
      setTimeout(() => response.destroy(), 50)
    },
    /cut off/,
  ],
  ['half a gzip', 'bad-archive', sends(gzipSync(GOOD).subarray(0, 200)), /broken or cut off/],
  [
    'half a gzip as coding',
    'cut-off',
    sends(gzipSync(GOOD).subarray(0, 200), { 'content-encoding': 'gzip' }),
    /cut off/,
  ],
  [
    'a coding that nobody asked for',
    'cut-off',
    sends(GOOD, { 'content-encoding': 'br' }),
    /content-encoding "br"/,
  ],
  ['a bomb', 'too-large', sends(GZIP_BOMB), /100 times its size|more than \d+ bytes/],
  [
    'a bomb as coding',
    'too-large',
    sends(GZIP_BOMB, { 'content-encoding': 'gzip' }),
    /100 times its size|more than \d+ bytes/,
  ],
  [
    'a stall after the head',
    'timeout',
    (_, response) => void response.writeHead(200).write('a'),
    /nothing came for 300 ms/,
  ],
  ['no answer at all', 'timeout', () => undefined, /nothing came for 300 ms/],
  ['a huge head', 'unreachable', answer(200, { 'x-a': 'a'.repeat(20_000) }), /HPE_HEADER_OVERFLOW/],
  [
    'a redirect to http',
    'bad-redirect',
    answer(302, { location: 'http://lists.test/l' }),
    /which is not https/,
  ],
  [
    'a redirect to a file',
    'bad-redirect',
    answer(301, { location: 'file:///etc/passwd' }),
    /not https/,
  ],
  ['a redirect to nowhere', 'bad-redirect', answer(302, { location: 'https://' }), /no address/],
  [
    'a redirect with a password',
    'bad-redirect',
    answer(302, { location: 'https://a:b@lists.test/' }),
    /password/,
  ],
  [
    'a redirect to itself',
    'bad-redirect',
    (server: ListServer) => answer(302, { location: server.url('/l.txt') }),
    /more than 5 times/,
  ],
  [
    'a redirect to loopback',
    'private-address',
    answer(302, { location: 'https://127.0.0.1/' }),
    /127\.0\.0\.1.*not on the internet/,
  ],
  [
    'a redirect to IPv6 loopback',
    'private-address',
    answer(302, { location: 'https://[::1]/' }),
    /not on the internet/,
  ],
  [
    'a redirect to a link-local address',
    'private-address',
    answer(307, { location: 'https://169.254.169.254/latest' }),
    /169\.254/,
  ],
  [
    'a redirect to a mapped address',
    'private-address',
    answer(308, { location: 'https://[::ffff:10.0.0.1]/' }),
    /not on the internet/,
  ],
  [
    'a redirect to a NAT64 address',
    'private-address',
    answer(308, { location: 'https://[64:ff9b::a00:1]/' }),
    /not on the internet/,
  ],
  [
    'a redirect to a unique local address',
    'private-address',
    answer(308, { location: 'https://[fd00::1]/' }),
    /not on the internet/,
  ],
  [
    'a redirect to a network of benchmarks',
    'private-address',
    answer(302, { location: 'https://198.18.0.1/' }),
    /not on the internet/,
  ],
  [
    'a redirect to an address that the IETF has assigned',
    'private-address',
    answer(302, { location: 'https://192.0.0.8/' }),
    /not on the internet/,
  ],
  [
    'a redirect to an address in hex',
    'private-address',
    answer(302, { location: 'https://0x7f000001/' }),
    /127\.0\.0\.1/,
  ],
  [
    'a redirect to a name of this site',
    'private-address',
    answer(302, { location: 'https://inside.test/' }),
    /inside\.test leads to 127\.0\.0\.1/,
  ],
]

t.test(
  'whatever a server does wrong, the last good list stays and the reason is told',
  async (t) => {
    const { server, box, list } = await started(t)
    for (const [what, trouble, serve, told] of bad) {
      server.serve =
        serve.length === 1 ? (serve as (server: ListServer) => Serve)(server) : (serve as Serve)
      const startedAt = performance.now()
      const { result, record } = await box.take(list)
      t.not(result, 'updated', what)
      t.equal(record.fault?.trouble, trouble, `${what}: ${record.fault?.detail}`)
      t.match(record.fault?.detail, told, what)
      t.equal(box.inForce(), GOOD, what)
      t.ok(performance.now() - startedAt < 10_000, `${what}: bounded time`)
    }
    server.serve = sends(GOOD)
    t.match(await box.take(list), { result: 'unchanged', record: { failures: 0 } })
    t.notOk(box.record()?.fault, 'all is well again')
    const left = readdirSync(join(box.settings.stateDir, 'lists', 'games'))
    t.strictSame(left.toSorted(), ['record.json', 'version-1'], 'nothing is left over')
  },
)

t.test('a body without an end is broken off at its limit, in bounded memory', async (t) => {
  const { server, box, list } = await started(t, { 'list-idle-ms': 5_000 })
  const before = process.memoryUsage().rss
  let sent = 0
  server.serve = (_, response) => {
    const chunk = Buffer.alloc(MIB, 'name.listed.test\n')
    const more = (): void => {
      while (!response.destroyed && sent < 1_024 * MIB) {
        sent += chunk.length
        if (!response.write(chunk)) {
          response.once('drain', more)
          return
        }
      }
    }
    response.writeHead(200)
    more()
  }
  t.match(await box.take(list), {
    record: { fault: { trouble: 'too-large', detail: /134217728/ } },
  })
  t.ok(sent < 160 * MIB, `${sent} bytes were sent`)
  t.ok(process.memoryUsage().rss - before < 200 * MIB)
  t.equal(box.inForce(), GOOD)
  server.serve = (_, response) =>
    void response.writeHead(200, { 'content-length': '1073741824' }).write('a')
  t.match(await box.take(list), { record: { fault: { trouble: 'too-large' } } })
})

t.test('a server that drips is given up at the time limit, not at each byte', async (t) => {
  const { server, box, list } = await started(t, { 'list-download-ms': 1_500 })
  let dripped = 0
  server.serve = (_, response) => {
    response.writeHead(200)
    const timer = setInterval(() => {
      dripped += 1
      response.write('a')
    }, 100)
    response.on('close', () => clearInterval(timer))
  }
  const startedAt = performance.now()
  t.match(await box.take(list), { record: { fault: { trouble: 'timeout', detail: /too long/ } } })
  t.ok(performance.now() - startedAt < 3_000)
  t.ok(dripped > 5)
})

t.test('a certificate that is not to be believed', async (t) => {
  const namesPort = await startNames(t)
  const { caFile } = authority
  const other = makeAuthority(shortFolder(t))
  for (const [what, server, told] of [
    ['of nobody we know', await startListServer(t, other), /UNABLE_TO|SELF_SIGNED/],
    [
      'of another name',
      await startListServer(t, authority, authority.certify('else.test')),
      /ALTNAME/,
    ],
  ] as const) {
    server.serve = sends(GOOD)
    const box = makeBox(shortFolder(t), { namesPort, caFile })
    const { record } = await box.take(makeList({ urls: [server.url('/l')] }))
    t.match(record.fault, { trouble: 'bad-certificate', detail: told }, what)
    t.equal(server.asked.length, 0, 'nothing was asked')
  }
})

t.test('private addresses are asked only where the school names the host', async (t) => {
  const server = await startListServer(t, authority, certificate)
  server.serve = sends(GOOD)
  const namesPort = await startNames(t)
  const { caFile } = authority
  const list = makeList({ urls: [server.url('/l')] })
  const closed = makeBox(shortFolder(t), { namesPort, caFile, privateHosts: ['mirror.test'] })
  t.match(await closed.take(list), { record: { fault: { trouble: 'private-address' } } })
  const literal = makeList({ urls: [`https://127.0.0.1:${server.port}/l`] })
  t.match(await closed.take(literal), { record: { fault: { trouble: 'private-address' } } })
  t.equal(server.asked.length, 0)
  const open = makeBox(shortFolder(t), { namesPort, caFile })
  t.match(await open.take(list), { result: 'updated' })
})

t.test(
  'a name that changes its address after it was checked leads nowhere else (rebinding)',
  async (t) => {
    const server = await startListServer(t, authority, certificate)
    server.serve = sends(GOOD)
    let lookups = 0
    // A documentation address (RFC 5737) stands for a public one; nothing answers there.
    const namesPort = await startNames(t, () => (lookups++ === 0 ? '192.0.2.1' : '127.0.0.1'))
    const { caFile } = authority
    const box = makeBox(shortFolder(t), { namesPort, caFile, privateHosts: [] })
    const list = makeList({ urls: [server.url('/l')] })
    t.match(await box.take(list), { record: { fault: { trouble: /timeout|unreachable/ } } })
    t.equal(lookups, 1, 'looked up once')
    t.match(await box.take(list), { record: { fault: { trouble: 'private-address' } } })
    t.equal(server.asked.length, 0, 'the server inside was never asked')
  },
)

t.test(
  'mirrors are asked in their order, and a redirect to another host is followed',
  async (t) => {
    const server = await startListServer(t, authority, certificate)
    const namesPort = await startNames(t)
    const { caFile } = authority
    const box = makeBox(shortFolder(t), { namesPort, caFile })
    const list = makeList({
      urls: [server.url('/first'), server.url('/second'), server.url('/third', 'mirror.test')],
    })
    server.serve = (request, response) => {
      if (request.url === '/first') response.writeHead(503).end()
      else if (request.url === '/second') sends('<html>')(request, response)
      else if (request.url === '/third')
        response.writeHead(302, { location: server.url('/real') }).end()
      else sends(GOOD)(request, response)
    }
    t.match(await box.take(list), {
      result: 'updated',
      record: { good: { names: 100, url: server.url('/third', 'mirror.test') } },
    })
    t.strictSame(
      server.asked.map(({ path }) => path),
      ['/first', '/second', '/third', '/real'],
    )
    server.serve = answer(500)
    t.match(await box.take(list), {
      record: { fault: { detail: /500; nor could 2 mirrors help/ } },
    })
    t.equal(box.inForce(), GOOD)
  },
)

t.test(
  'validators are kept on the disk and sent; a changing ETag with the same list changes nothing',
  async (t) => {
    const { server, box, list } = await started(t)
    server.serve = sends(`${GOOD}one.more.test\n`, {
      etag: '"v1"',
      'last-modified': 'Mon, 02 Mar 2026 10:00:00 GMT',
    })
    t.match(await box.take(list), {
      result: 'updated',
      record: { good: { names: 101, updatedAt: Date.UTC(2026, 2, 2, 10) } },
    })
    server.serve = (request, response) => {
      if (request.headers['if-none-match'] === '"v1"') response.writeHead(304).end()
      else sends('<html>')(request, response)
    }
    await sleep(5)
    const before = box.record()?.confirmedAt ?? 0
    t.match(await box.take(list), { result: 'unchanged' })
    t.match(server.asked.at(-1)?.headers, {
      'if-none-match': '"v1"',
      'if-modified-since': 'Mon, 02 Mar 2026 10:00:00 GMT',
    })
    t.ok((box.record()?.confirmedAt ?? 0) > before, 'confirmed again')
    const elsewhere = makeList({ urls: [server.url('/other')] })
    await box.take(elsewhere)
    t.equal(server.asked.at(-1)?.headers['if-none-match'], undefined, 'never for another address')
    server.serve = sends(`${GOOD}one.more.test\n`, { etag: '"v2"' })
    t.match(await box.take(list), {
      result: 'unchanged',
      record: { good: { generation: 2, etag: '"v2"' } },
    })
  },
)

t.test(
  'a change of over 30 % waits for a word, is not downloaded again, and is accepted as it was',
  async (t) => {
    const { server, box, list } = await started(t)
    const half = namesText(50)
    server.serve = sends(half, { etag: '"half"' })
    t.match(await box.take(list), {
      result: 'held',
      record: { held: { names: 50 }, good: { names: 100 } },
    })
    server.serve = (request, response) =>
      response.writeHead(request.headers['if-none-match'] === '"half"' ? 304 : 500).end()
    t.match(await box.take(list), {
      result: 'held',
      record: { fault: { trouble: 'changed-size' } },
    })
    server.serve = answer(500)
    t.match(await box.take(list), { result: 'failed', record: { held: { names: 50 } } })
    t.equal(box.inForce(), GOOD)
    t.match(await box.take(list, 'accept'), { result: 'updated', record: { good: { names: 50 } } })
    t.equal(box.inForce(), half)
    t.notOk(box.record()?.held)
    server.serve = sends(namesText(34))
    t.match(await box.take(list), { result: 'held' }, 'a third fewer')
    server.serve = sends(namesText(36))
    t.match(await box.take(list), { result: 'updated' }, 'less than 30 % fewer')
  },
)

t.test('a list of mail services may hold a mail service, another list may not', async (t) => {
  const { server, box } = await started(t)
  server.serve = sends(`${GOOD}mail.google.com\n`)
  const mail = makeList({ urls: [server.url('/m')], category: 'prod.webmail' })
  t.match(await box.take(mail), { result: 'updated' })
  const games = makeList({ urls: [server.url('/g')] })
  t.match(await box.take(games), { record: { fault: { trouble: 'guard-name' } } })
})

t.test(
  'a trusted list may not answer for a guard name either; an exception of its own saves it',
  async (t) => {
    const { server, box } = await started(t)
    const list = makeList({ urls: [server.url('/t')], format: 'adblock', trusted: true })
    server.serve = sends('||a.test^\n||login.live.com^$dnsrewrite=192.0.2.1\n')
    t.match(await box.take(list), {
      record: { fault: { trouble: 'guard-name', detail: /login\.live\.com/ } },
    })
    server.serve = sends('||a.test^\n||kooth.com^\n@@||www.kooth.com^\n')
    const { result, record } = await box.take(list)
    t.equal(result, 'updated', record.fault?.detail ?? '')
    server.serve = sends('||a.test^\n||b.test^\n||kooth.com^$dnstype=AAAA\n')
    t.match(await box.take(list), { record: { fault: { trouble: 'guard-name' } } })
  },
)

t.test('more names than the limit are no list', async (t) => {
  const { server, box, list } = await started(t, { 'list-names': 400 })
  server.serve = sends(namesText(500))
  t.match(await box.take(list), {
    record: { fault: { trouble: 'too-large', detail: /limit of 400/ } },
  })
})
