import { Button, createAll, ErrorSummary, SkipLink } from './govuk-frontend.js'
import { drawLinkCharts } from './link-charts.js'
import { goLive } from './live.js'
import { offerPasskeys } from './passkeys.js'
import { offerNotices } from './push.js'
import { drawWeekCharts } from './week-charts.js'

const PHONE = '(max-width: 48em)'

document.body.classList.add('js-enabled')
if ('noModule' in HTMLScriptElement.prototype)
  document.body.classList.add('govuk-frontend-supported')
createAll(Button)
createAll(ErrorSummary)
createAll(SkipLink)

// On a phone the filters would stand before the list: how many are chosen is said on the handle. Without script they are open.
for (const filter of document.querySelectorAll('details[data-filter]'))
  if (window.matchMedia(PHONE).matches) filter.removeAttribute('open')

/** @param {ParentNode} part */
const drawCharts = (part) => {
  drawLinkCharts(part)
  drawWeekCharts(part)
}

offerNotices()
offerPasskeys()
if (document.body.hasAttribute('data-signed-in')) goLive(drawCharts)
// Letters on a canvas are those that are there when it is drawn.
await document.fonts.ready
drawCharts(document)
