/** Shows what is pushed, and opens the console where it is pressed. Caches nothing: a page must never be older than it says. */

addEventListener('push', (event) => {
  event.waitUntil(show(event.data?.json()))
})

addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(clients.openWindow(pathOf(event.notification.data)))
})

/** @param {{ title?: string, body?: string, tag?: string, url?: string } | undefined} message */
function show(message) {
  return registration.showNotification(message?.title ?? WORDS.title, {
    body: message?.body ?? WORDS.body,
    tag: message?.tag ?? '',
    icon: '/assets/mark.svg',
    data: message?.url ?? '',
  })
}

/**
 * Only ever a page of the console itself.
 * @param {unknown} address
 */
function pathOf(address) {
  const url = URL.parse(String(address), location.origin)
  return url?.origin === location.origin ? url.href : '/'
}
