/** How styles, scripts and fonts are served: once where that is safe, and as small as the browser can take them. */
import t from 'tap'
import { runCollector } from '#test/support/running-collector.ts'
import { shortFolder } from '#test/support/short-folder.ts'

t.test('assets come compressed, and fonts once and for all', async (t) => {
  const collector = await runCollector(shortFolder(t))
  t.teardown(() => collector.close())
  const get = (name: string, headers: Readonly<Record<string, string>>): Promise<Response> =>
    fetch(`${collector.consoleUrl}/assets/${name}`, { headers })

  const plain = await get('edge.css', { 'accept-encoding': 'identity' })
  t.equal(plain.headers.get('content-encoding'), null)
  const zipped = await get('edge.css', { 'accept-encoding': 'br, gzip' })
  t.equal(zipped.headers.get('content-encoding'), 'gzip')
  t.equal(zipped.headers.get('cache-control'), 'public, max-age=60')
  t.equal(zipped.headers.get('vary'), 'accept-encoding')
  t.ok(Number(zipped.headers.get('content-length')) < 10_000)
  const css = await zipped.text()
  t.equal(css, await plain.text())
  const etag = zipped.headers.get('etag') ?? ''
  t.not(etag, plain.headers.get('etag'), 'a tag names one form')
  const again = await get('edge.css', { 'accept-encoding': 'gzip', 'if-none-match': etag })
  t.equal(again.status, 304)

  const fonts = [...css.matchAll(/\/assets\/([\w-]+\.woff2)/g)].map((match) => match[1] ?? '')
  t.equal(fonts.length, 2, 'English, and the rest of Europe')
  t.match(css, /font-display: swap/)
  for (const name of fonts) {
    const font = await get(name, { 'accept-encoding': 'gzip' })
    t.equal(font.headers.get('content-type'), 'font/woff2')
    t.equal(font.headers.get('cache-control'), 'public, max-age=31536000, immutable')
    t.equal(font.headers.get('content-encoding'), null, 'it is compressed by itself')
    t.equal(Buffer.from(await font.arrayBuffer()).toString('latin1', 0, 4), 'wOF2')
  }
  t.equal((await get('nothing.woff2', {})).status, 404)
})
