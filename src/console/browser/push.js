/**
 * Lets a browser subscribe to push messages. The form is an ordinary one: all that happens here is that the browser is
 * asked for its subscription before the form goes.
 */

const WORKER = '/assets/service-worker.js'

/** Offers the form where this browser can be told, and says why not where it cannot. */
export function offerNotices() {
  const form = document.querySelector('form[data-push]')
  const says = document.querySelector('[data-push-says]')
  if (!(form instanceof HTMLFormElement) || !(says instanceof HTMLElement)) return
  const reason = whyNot()
  says.hidden = reason === ''
  form.hidden = reason !== ''
  says.textContent = reason
  if (reason !== '') return
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    subscribe(form).catch((error) => {
      says.hidden = false
      says.textContent = `Notices could not be switched on: ${error instanceof Error ? error.message : 'the browser gave no reason'}.`
    })
  })
}

/** In words; empty where it can. */
function whyNot() {
  if (!window.isSecureContext)
    return 'Notices are off: this page was not opened over https, and browsers allow notices only to pages that were. Ask IT for the https address of this console.'
  if (!('serviceWorker' in navigator) || !('PushManager' in window))
    return 'Notices are off: this browser cannot be told. On an iPhone or iPad add this page to the home screen first, and open it there.'
  if (Notification.permission === 'denied')
    return 'Notices are off: you have forbidden them for this page. Allow them in the settings of your browser, and load this page again.'
  return ''
}

/** @param {HTMLFormElement} form */
async function subscribe(form) {
  if ((await Notification.requestPermission()) !== 'granted')
    throw new Error('you have not allowed them')
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
