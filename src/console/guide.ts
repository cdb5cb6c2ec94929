import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { guideHtml } from './present/guide-html.ts'
import type { View } from './views.ts'
import { guide as words } from './words/guide.ts'

const FILE = join(import.meta.dirname, '..', '..', 'docs', 'identity.md')

/** The guide for school IT as a page; it comes with the product. Reads once; never throws. */
export function makeGuide(): View {
  const text = readGuide()
  const title = /^# (.+)$/m.exec(text)?.[1] ?? words.title
  return { view: 'guide', guideTitle: title, html: guideHtml(text.replace(/^# .+\n/, '')) }
}

function readGuide(): string {
  try {
    return readFileSync(FILE, 'utf8')
  } catch {
    return `# ${words.missingTitle}\n\n${words.missing}\n`
  }
}
