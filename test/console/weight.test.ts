/** What a browser fetches of the console once: the bounds are what a phone on a poor line loads in about a second. */
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { loadAssets } from '#console/assets.ts'

const STYLE_BYTES_MAX = 35_000
const SCRIPT_BYTES_MAX = 60_000
/** The letters of English; those of other languages come only where they are needed. */
const FONT_BYTES_MAX = 40_000

const assets = [...loadAssets()]

/** Compressed, in bytes. */
function weightOf(ending: string): number {
  return assets
    .filter(([name]) => name.endsWith(ending))
    .reduce((sum, [, { body }]) => sum + gzipSync(body).length, 0)
}

t.test('styles and scripts stay light', async (t) => {
  const style = weightOf('.css')
  t.ok(style > 20_000 && style < STYLE_BYTES_MAX, `${style} bytes of style`)
  const script = weightOf('.js')
  t.ok(script > 20_000 && script < SCRIPT_BYTES_MAX, `${script} bytes of script`)
  for (const [name, { body }] of assets)
    if (name.endsWith('.woff2')) t.ok(body.length < FONT_BYTES_MAX, `${name}: ${body.length} bytes`)
})
