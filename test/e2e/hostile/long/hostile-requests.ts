/**
 * What no form sends: hostile texts in headers, bodies that are no forms, bytes that are no text, reports that are refused. Everything
 * is answered, nothing with a fault of the console's own, and nothing comes back but as text.
 */
import t from 'tap'
import { z } from 'zod'
import { rawRequest, statusOf } from '../raw-request.ts'
import { routesOf } from '../routes.ts'
import { hostileSchool } from '../school.ts'
import { faultsOfHtml, TEXTS } from '../texts.ts'

const HEADERS = [
  'User-Agent',
  'Referer',
  'X-Forwarded-For',
  'X-Forwarded-Host',
  'Forwarded',
  'Accept',
  'Accept-Language',
  'Cookie',
  'Sec-Fetch-Site',
  'If-None-Match',
  'Range',
]
/** Bytes that are no text, in a header. */
const LATIN = TEXTS.map((text) => text.replaceAll(/[\r\n\0]/g, ' ').slice(0, 500)).map((text) =>
  Buffer.from(text).toString('latin1'),
)
const BODIES: readonly (readonly [string, string | Buffer])[] = [
  ['application/x-www-form-urlencoded', 'text=%FF%FE%C0%80&why=%ED%A0%80&reason=%00%1B[31m'],
  [
    'application/x-www-form-urlencoded',
    Buffer.from([0x74, 0x65, 0x78, 0x74, 0x3d, 0xff, 0xfe, 0x00, 0x1b]),
  ],
  [
    'application/x-www-form-urlencoded',
    '__proto__=1&__proto__[isAdmin]=1&constructor[prototype][x]=1&constructor=1&toString=1&hasOwnProperty=1',
  ],
  [
    'application/x-www-form-urlencoded',
    'text=1&text=2&text=3&name=1&name=2&reason=1&reason=2&title=1&title=2&groups=&groups=%00',
  ],
  ['application/x-www-form-urlencoded', '%=%&=&&&%%%25&=%E0%A4%A'],
  ['application/x-www-form-urlencoded', `text=${'%F0%9F%98%80'.repeat(50_000)}`],
  ['application/x-www-form-urlencoded; charset=utf-7', 'text=+ADw-script+AD4-'],
  ['application/json', '{"__proto__":{"isAdmin":true},"text":"\\ud800"}'],
  ['application/json', '{"text":{"toString":1}}'],
  ['text/plain', '<script>alert(1)</script>'],
  [
    'multipart/form-data; boundary=x',
    '--x\r\ncontent-disposition: form-data; name="__proto__"\r\n\r\n1\r\n--x--',
  ],
  [
    'multipart/form-data; boundary=x',
    Buffer.from(
      '--x\r\ncontent-disposition: form-data; name="weekFile"; filename="<img src=x>.csv"\r\n\r\n\xff\xfe\0\x1b[31m\r\n--x--',
      'latin1',
    ),
  ],
  ['multipart/form-data; boundary="><script>"', '--"><script>\r\n\r\n'],
  ['multipart/form-data', 'no boundary'],
  ['<script>alert(1)</script>', 'x'],
  ['', 'x'],
]

t.test('what no form sends', { timeout: 175_000 }, async (t) => {
  const school = await hostileSchool(t, 'few')
  const { collector, desk } = school
  const { consoleUrl } = collector
  const faults: string[] = []
  const note = (what: string, answer: string, text = ''): void => {
    const status = statusOf(answer)
    if (status === 0 || status === 500 || status > 503) faults.push(`${what}: answered ${status}`)
    for (const one of faultsOfHtml(bodyOf(answer), text)) faults.push(`${what}: ${one}`)
  }

  await t.test('in every header', async (t) => {
    for (const name of HEADERS)
      for (const text of LATIN) {
        const own = name === 'Cookie' ? [] : [`Cookie: ${desk}`]
        const head = ['GET /account HTTP/1.1', ...own, `${name}: ${text}`]
        const answer = await rawRequest(consoleUrl, { head })
        note(name, answer, text)
      }
    for (const text of LATIN) {
      const answer = await rawRequest(consoleUrl, {
        head: ['GET /sign-in HTTP/1.1', `Host: ${text}`],
      })
      note('Host', answer, text)
      t.ok(
        [400, 421].includes(statusOf(answer)),
        `as a host it is refused: ${JSON.stringify(text.slice(0, 30))}`,
      )
    }
    const { headers } = await fetch(
      `${consoleUrl}/sign-in?to=${encodeURIComponent('/alerts?a=\r\nSet-Cookie: a=b')}`,
    )
    t.notOk(headers.get('set-cookie')?.includes('a=b'))
    t.same(faults.splice(0), [])
  })

  await t.test('bodies that are no forms', async (t) => {
    for (const path of routesOf('POST'))
      for (const [type, body] of BODIES) {
        const head = [
          `POST ${path.replace(':theme', 'suicide').replaceAll(/:\w+/g, 'one')} HTTP/1.1`,
          `Origin: ${consoleUrl}`,
          `Cookie: ${desk}`,
          ...(type === '' ? [] : [`Content-Type: ${type}`]),
        ]
        if (path === '/sign-out') continue
        const answer = await rawRequest(consoleUrl, { head, body: Buffer.from(body) })
        note(`POST ${path} ${type} ${String(body.slice(0, 40))}`, answer)
      }
    t.same(faults.splice(0), [])
    t.equal(Object.getOwnPropertyDescriptor(Object.prototype, 'isAdmin'), undefined)
  })

  await t.test('reports that are refused', async (t) => {
    const [client] = school.boxes.clients
    let refused = 0
    for (const [kind, crop] of school.boxes.crops)
      for (const { path, refused: document } of crop.fields) {
        if (document === undefined || client === undefined) continue
        const { appliance } = client
        const at = PATHS[kind]
        const sent =
          at === undefined
            ? client.batch([
                {
                  v: 1,
                  id: 'one',
                  revision: 1,
                  at: 1,
                  lane: 'operations',
                  sequence: 1,
                  body: document as never,
                },
              ])
            : { ...(document as object), ...(path === 'appliance' ? {} : { appliance }) }
        const answer = await client.post(at ?? '/v1/batches', JSON.stringify(sent))
        const text = await answer.text()
        const said = failure.safeParse(JSON.parse(text))
        refused += 1
        if (answer.status < 400 || answer.status >= 500 || !said.success)
          faults.push(`${kind} ${path}: answered ${answer.status}`)
        // oxlint-disable-next-line no-control-regex -- these are what is looked for
        if (/[\u0000-\u001F]/.test(text)) faults.push(`${kind} ${path}: ${JSON.stringify(text)}`)
      }
    t.ok(refused > 60, `${refused} reports`)
    t.same(faults.splice(0), [])
  })
})

const failure = z.object({ failure: z.string(), detail: z.string() })
const PATHS: Readonly<Record<string, string>> = {
  status: '/v1/status',
  devices: '/v1/devices',
  poll: '/v1/policy',
  reply: '/v1/policy/replies',
}

function bodyOf(answer: string): string {
  const body = answer.slice(answer.indexOf('\r\n\r\n') + 4)
  return Buffer.from(body, 'latin1').toString('utf8').replaceAll('\r\n', '\n')
}
