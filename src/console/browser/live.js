/**
 * Keeps a page true without reloading it: the server says that something changed, we fetch that part again and put it
 * in place. The parts are HTML that our own origin rendered; nothing from an event is ever made into HTML here.
 */

/** Changes come in bursts; a part is fetched at most this often. */
const SETTLE_MS = 300

/** @typedef {{ kind: string, id: string }} Change */

/**
 * Listens until the page goes away. `afterwards` is called with each part that was put in place.
 * @param {(part: ParentNode) => void} afterwards
 */
export function goLive(afterwards) {
  const parts = document.querySelectorAll('[data-live]')
  if (parts.length === 0) return
  const waiting = new Set()
  const source = new EventSource('/live')

  /** @param {Element} part */
  const renew = (part) => {
    if (waiting.has(part)) return
    waiting.add(part)
    setTimeout(async () => {
      waiting.delete(part)
      await fetchPart(part, afterwards)
    }, SETTLE_MS)
  }

  // What happened between the page and the stream, or while the line was away, was not told: fetch everything once.
  source.addEventListener('open', () => parts.forEach(renew))
  source.addEventListener('message', (message) => {
    /** @type {Change} */
    const change = JSON.parse(message.data)
    parts.forEach((part) => {
      if (concerns(part, change)) renew(part)
    })
  })
  window.addEventListener('pagehide', () => source.close())
}

/**
 * @param {Element} part
 * @param {Change} change
 */
function concerns(part, change) {
  const kinds = [part.getAttribute('data-live'), part.getAttribute('data-live-also')]
  const id = part.getAttribute('data-live-id')
  return kinds.includes(change.kind) && (id === null || id === change.id)
}

/**
 * @param {Element} part
 * @param {(part: ParentNode) => void} afterwards
 */
async function fetchPart(part, afterwards) {
  const href = part.getAttribute('data-live-href')
  if (href === null) return
  try {
    const answer = await fetch(href, { headers: { accept: 'text/html' }, redirect: 'error' })
    if (!answer.ok) return
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const isNews = textOf(part) !== textOf(fresh.body)
    if (!isNews) return
    const before = { ids: eventIds(part), news: newsOf(part) }
    putInPlace(part, fresh.body)
    afterwards(part)
    announce(part, before)
  } catch {
    // The stream will say when the collector is back; until then the page shows what it knew.
  }
}

/**
 * Keeps open details open and the focus where it was.
 * @param {Element} part
 * @param {HTMLElement} fresh
 */
function putInPlace(part, fresh) {
  const open = [...part.querySelectorAll('details[open][id]')].map(({ id }) => id)
  const focused = document.activeElement
  const focusHref = part.contains(focused) ? focused?.getAttribute('href') : null
  part.replaceChildren(...document.importNode(fresh, true).childNodes)
  for (const id of open) document.getElementById(id)?.setAttribute('open', '')
  if (focusHref == null) return
  const again = [...part.querySelectorAll('a')].find((a) => a.getAttribute('href') === focusHref)
  again?.focus({ preventScroll: true })
}

/**
 * Says what is new, politely, and only that: a time that moved on is no news.
 * @param {Element} part
 * @param {{ ids: Set<string>, news: string }} before
 */
function announce(part, before) {
  const added = [...part.querySelectorAll('[data-event]')].filter(
    (row) => !before.ids.has(row.getAttribute('data-event') ?? ''),
  )
  for (const row of added) row.classList.add('edge-event--new')
  const place = document.getElementById('live-news')
  if (place === null || newsOf(part) === before.news) return
  place.textContent =
    added.length > 0 ? newEvents(place, added.length) : part.getAttribute('data-live-says')
}

/**
 * @param {HTMLElement} place
 * @param {number} count
 */
function newEvents(place, count) {
  /** @type {import('../words/count-of.ts').Counted} */
  const { one, many } = JSON.parse(place.dataset['liveNew'] ?? '')
  return (count === 1 ? one : many).replace('{count}', String(count))
}

/**
 * What of a part is worth interrupting a listener for.
 * @param {Element} part
 */
function newsOf(part) {
  return [...part.querySelectorAll('[data-news]')].map(textOf).join(' ')
}

/** @param {Element} part */
function eventIds(part) {
  return new Set(
    [...part.querySelectorAll('[data-event]')].map((row) => row.getAttribute('data-event') ?? ''),
  )
}

/** @param {Element} element */
function textOf(element) {
  const copy = element.cloneNode(true)
  if (!(copy instanceof Element)) return ''
  // Drawn charts hold text of their own; their points are the truth.
  for (const chart of copy.querySelectorAll('[data-chart]'))
    chart.textContent = chart.getAttribute('data-chart')
  return (copy.textContent ?? '').replace(/\s+/g, ' ').trim()
}
