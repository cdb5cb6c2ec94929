import type { PageFacts } from './page-facts.ts'
import { type BlockedView, renderBlocked } from './render-blocked.ts'
import { renderCare } from './render-care.ts'
import { type PageContent, type PageFrame, renderPlain } from './render-layout.ts'

/** The page that tells some facts. Status 451 is for what the law requires (RFC 7725). */
export function renderPage(facts: PageFacts, view: BlockedView, frame: PageFrame): PageContent {
  const { words } = frame
  switch (facts.kind) {
    case 'blocked':
      return renderBlocked(facts, view, frame)
    case 'care':
      return renderCare(facts.audience, frame)
    case 'locked':
      return plain(451, words.locked.heading, words.locked.text)
    case 'open':
      return plain(200, words.open.heading, [words.open.text[facts.audience]])
    case 'unreachable':
      return plain(503, words.unreachable.heading, [words.unreachable.text[facts.audience]])
    case 'no-name':
      return plain(404, words.noName.heading, [words.noName.text[facts.audience]])
    case 'stranger':
      return plain(403, words.stranger.heading, [words.stranger.text])
    default:
      return facts satisfies never
  }
}

function plain(status: number, heading: string, paragraphs: readonly string[]): PageContent {
  return { status, title: heading, main: renderPlain(heading, paragraphs) }
}
