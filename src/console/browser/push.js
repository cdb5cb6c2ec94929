/**
 * Lets a browser subscribe to push messages. The form is an ordinary one: all that happens here is that the browser is
 * asked for its subscription before the form goes.
 */

const WORKER = '/assets/service-worker.js'

/** @typedef {import('../words/browser.ts').BrowserWords['notices']} Says */

/** Offers the form where this browser can be told, and says why not where it cannot. */
export function offerNotices() {
  const form = document.querySelector('form[data-push]')
  const says = document.querySelector('[data-push-says]')
  if (!(form instanceof HTMLFormElement) || !(says instanceof HTMLElement)) return
  /** @type {Says} */
  const words = JSON.parse(says.dataset['pushSays'] ?? '')
  const reason = whyNot(words)
  says.hidden = reason === ''
  form.hidden = reason !== ''
  says.textContent = reason
  if (reason !== '') return
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    subscribe(form, words).catch((error) => {
      const why = error instanceof Error ? error.message : words.noReason
      says.hidden = false
      says.textContent = words.failed.replace('{why}', () => why)
    })
  })
}

/**
 * In words; empty where it can.
 * @param {Says} words
 */
function whyNot(words) {
  if (!window.isSecureContext) return words.notSecure
  if (!('serviceWorker' in navigator) || !('PushManager' in window)) return words.cannot
  return Notification.permission === 'denied' ? words.forbidden : ''
}

/**
 * @param {HTMLFormElement} form
 * @param {Says} words
 */
async function subscribe(form, words) {
  if ((await Notification.requestPermission()) !== 'granted') throw new Error(words.notAllowed)
  const registration = await navigator.serviceWorker.register(WORKER)
  await isActive(registration)
  const key = bytesOf(form.dataset['push'] ?? '')
  const before = await registration.pushManager.getSubscription()
  // One that was made for another key of the collector would never be used.
  if (before !== null && !isSame(before.options.applicationServerKey, key))
    await before.unsubscribe()
  const subscription = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: key,
  })
  const { endpoint = '', keys = {} } = subscription.toJSON()
  const given = { endpoint, p256dh: keys['p256dh'] ?? '', auth: keys['auth'] ?? '' }
  for (const [name, value] of Object.entries(given)) {
    const field = form.elements.namedItem(name)
    if (field instanceof HTMLInputElement) field.value = value
  }
  form.submit()
}

/** @param {ServiceWorkerRegistration} registration */
function isActive(registration) {
  const worker = registration.installing ?? registration.waiting
  if (registration.active !== null || worker === null) return Promise.resolve()
  return new Promise((resolve) => {
    worker.addEventListener('statechange', () => {
      if (worker.state === 'activated') resolve(undefined)
    })
  })
}

/**
 * @param {ArrayBuffer | null} one
 * @param {Uint8Array} other
 */
function isSame(one, other) {
  const bytes = new Uint8Array(one ?? new ArrayBuffer(0))
  return bytes.length === other.length && bytes.every((byte, index) => byte === other[index])
}

/** @param {string} text Base64url. */
function bytesOf(text) {
  const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0))
}
