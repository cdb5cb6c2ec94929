/** What a service worker has beside what every worker has. */
declare const registration: ServiceWorkerRegistration
declare const clients: Clients
/** What the collector puts before the worker's code. */
declare const WORDS: { readonly title: string; readonly body: string }
declare function addEventListener(type: 'push', listener: (event: PushEvent) => void): void
declare function addEventListener(
  type: 'notificationclick',
  listener: (event: NotificationEvent) => void,
): void
