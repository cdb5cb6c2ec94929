import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { ownStylesheet } from './stylesheet.ts'
import { loadTypeface } from './typeface.ts'
import { browser } from './words/browser.ts'

/** A file for the browser, held in memory. */
export interface Asset {
  readonly type: string
  readonly body: Buffer
  /** A strong entity tag, quotes included. */
  readonly etag: string
  /** Its name changes with what is in it, so a browser never has to ask again. */
  readonly isForever: boolean
  /** Grows smaller when it is compressed. */
  readonly isText: boolean
}

const packages = createRequire(import.meta.url)
const govuk = join(dirname(packages.resolve('govuk-frontend/package.json')), 'dist/govuk')
const moj = join(dirname(packages.resolve('@ministryofjustice/frontend/package.json')), 'moj')
const uplot = join(dirname(packages.resolve('uplot/package.json')), 'dist')
const own = import.meta.dirname

/** Where the templates of the component packages are found. */
export const TEMPLATE_FOLDERS: readonly string[] = [
  join(own, 'views'),
  dirname(govuk),
  dirname(moj),
]

const BROWSER_MODULES = [
  'start.js',
  'live.js',
  'push.js',
  'passkeys.js',
  'charts.js',
  'link-charts.js',
  'week-charts.js',
] as const

/**
 * Reads all assets once, by their name under `/assets/`. Throws when an installed package lacks a file: a start-up
 * fault. Nothing else is ever served from disk, so no path can be walked.
 */
export function loadAssets(): ReadonlyMap<string, Asset> {
  const icons = new Set<string>()
  const css = (text: string): Asset => asset('text/css; charset=utf-8', text)
  const script = (text: string): Asset =>
    asset('text/javascript; charset=utf-8', text.replace(/\n?\/\/# sourceMappingURL=.*$/m, ''))
  const typeface = loadTypeface()
  const assets = new Map<string, Asset>([
    ['govuk.css', css(ownStylesheet(read(govuk, 'govuk-frontend.min.css'), icons))],
    ['moj.css', css(ownStylesheet(read(moj, 'moj-frontend.min.css'), icons))],
    ['uplot.css', css(read(uplot, 'uPlot.min.css'))],
    ['edge.css', css(typeface.css + read(own, 'style/edge.css') + read(own, 'style/print.css'))],
    ['mark.svg', asset('image/svg+xml', read(own, 'style/mark.svg'))],
    ['service-worker.js', script(serviceWorker())],
    [
      'manifest.webmanifest',
      asset('application/manifest+json', read(own, 'style/manifest.webmanifest')),
    ],
    ['govuk-frontend.js', script(read(govuk, 'govuk-frontend.min.js'))],
    // The published module is three times as heavy as the script, which only lacks the export.
    ['uplot.js', script(`${read(uplot, 'uPlot.iife.min.js')}\nexport default uPlot\n`)],
  ])
  for (const file of BROWSER_MODULES) assets.set(file, script(read(own, `browser/${file}`)))
  for (const icon of icons)
    assets.set(icon, asset('image/svg+xml', read(moj, `assets/images/${icon}`)))
  for (const [name, body] of typeface.files)
    assets.set(name, { ...asset('font/woff2', body), isForever: true, isText: false })
  return assets
}

/** A worker has no page to take its words from. */
function serviceWorker(): string {
  const words = JSON.stringify(browser.notification)
  return `const WORDS = ${words}\n${read(own, 'browser/worker/service-worker.js')}`
}

function read(folder: string, file: string): string {
  return readFileSync(join(folder, file), 'utf8')
}

function asset(type: string, content: string | Buffer): Asset {
  const body = Buffer.from(content)
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
  return { type, body, etag, isForever: false, isText: true }
}
