import { escapeHtml } from './html.ts'
import type { Audience } from './page-facts.ts'
import type { PageContent, PageFrame } from './render-layout.ts'
import type { Helpline } from './wording/wording.ts'

/**
 * The page for names that may mean that a child is at risk: helplines first, then that the page is not there. It does not say blocked,
 * gives no reason, and asks the child for nothing.
 */
export function renderCare(audience: Audience, { words, contact }: PageFrame): PageContent {
  const { care } = words
  // A child is not sent to IT with this; staff may need the page for their work.
  const whom =
    audience === 'staff' && contact !== '' ? `<p class="quiet">${escapeHtml(contact)}</p>` : ''
  const main = `<h1>${escapeHtml(care.heading)}</h1>
<p>${escapeHtml(care.lead)}</p>
<ul class="lines">
${care.helplines.map(renderHelpline).join('\n')}
</ul>
<p>${escapeHtml(care.adult[audience])}</p>
<p><strong>${escapeHtml(care.emergency)}</strong></p>
<p>${escapeHtml(care.notHere)}</p>
${whom}`
  return { status: 403, title: care.title, main }
}

function renderHelpline({ name, who, how, link, site }: Helpline): string {
  return `<li class="card"><div><h2>${escapeHtml(name)}</h2><p>${escapeHtml(who)}</p></div><div class="reach"><p><a class="call" href="${escapeHtml(link)}">${escapeHtml(how)}</a></p><p><a href="${escapeHtml(site.href)}" rel="noreferrer">${escapeHtml(site.text)}</a></p></div></li>`
}
