/** What a service worker has beside what every worker has. */
declare const registration: ServiceWorkerRegistration
declare const clients: Clients
declare function addEventListener(type: 'push', listener: (event: PushEvent) => void): void
declare function addEventListener(
  type: 'notificationclick',
  listener: (event: NotificationEvent) => void,
): void
