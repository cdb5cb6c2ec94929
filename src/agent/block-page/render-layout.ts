import { escapeHtml } from './html.ts'
import { PAGE_STYLE } from './page-style.ts'
import type { Wording } from './wording/wording.ts'

/** What every page shows. */
export interface PageFrame {
  readonly words: Wording
  /** Of the school; empty where the configuration names none. */
  readonly school: string
  readonly contact: string
}

/** One page before it is framed. */
export interface PageContent {
  readonly status: number
  readonly title: string
  /** HTML. */
  readonly main: string
}

const MARK =
  '<svg viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false"><rect width="32" height="32" rx="7" fill="#0b3b45" stroke="#fff" stroke-opacity=".3"/><path d="M16 5.5 25 9v6.8c0 5.3-3.6 9-9 10.9-5.4-1.9-9-5.6-9-10.9V9z" fill="#7fe0c8"/><path d="m11.5 15.9 3.3 3.3 6-6.3" fill="none" stroke="#0b3b45" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"/></svg>'

/** A whole page: no script, nothing from elsewhere, its style within. */
export function renderLayout({ title, main }: PageContent, { words, school }: PageFrame): string {
  const who = school === '' ? 'SuperCloud Edge' : school
  return `<!DOCTYPE html>
<html lang="${words.lang}">
<head>
<meta charset="utf-8">
<title>${escapeHtml(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<style>${PAGE_STYLE}</style>
</head>
<body>
<a class="skip" href="#main">${escapeHtml(words.skip)}</a>
<header class="top"><div class="in">${MARK}<span>${escapeHtml(who)}</span></div></header>
<main id="main" tabindex="-1"><div class="in">
${main}
</div></main>
<footer><div class="in"><p>${escapeHtml(words.footer)}</p></div></footer>
</body>
</html>
`
}

/** A heading and paragraphs of our own words. */
export function renderPlain(heading: string, paragraphs: readonly string[]): string {
  const lines = paragraphs.map((text) => `<p>${escapeHtml(text)}</p>`)
  return [`<h1>${escapeHtml(heading)}</h1>`, ...lines].join('\n')
}
