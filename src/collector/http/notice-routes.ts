import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Clock } from '#platform/clock.ts'
import type { Notify } from '../notify/notify.ts'
import { pushSubscription } from '../notify/settings/settings-schema.ts'
import type { Pages } from '../pages/pages.ts'
import { NOT_FOUND } from './not-found.ts'
import { sendFault, sendView } from './send-page.ts'

export interface NoticeRouteDeps {
  readonly notify: Pick<Notify, 'people' | 'subscribe' | 'unsubscribe'>
  readonly clock: Clock
}

const FORM_BYTES_MAX = 16_384
const LABEL_MAX = 60
const PLACE_ID = /^push-[A-Za-z0-9_-]{12}$/
const text = z.string().catch('')
const form = z
  .object({ person: text, label: text, endpoint: text, p256dh: text, auth: text })
  .catch({ person: '', label: '', endpoint: '', p256dh: '', auth: '' })

/** The page on which a browser subscribes to push messages, and ends that. */
export function addNoticeRoutes(
  server: FastifyInstance,
  pages: Pages,
  { notify, clock }: NoticeRouteDeps,
): void {
  /** What is wrong, in words; undefined when it is kept. */
  const subscribe = ({ person, label, ...given }: z.infer<typeof form>): string | undefined => {
    if (!notify.people().some(({ id }) => id === person)) return 'Choose who you are'
    const subscription = pushSubscription.safeParse(given)
    if (!subscription.success) return 'What your browser gave is no subscription'
    const name = label.trim().slice(0, LABEL_MAX)
    const kept = { person, label: name === '' ? 'A browser' : name, ...subscription.data }
    return notify.subscribe({ ...kept, addedAt: clock.wallMs() })?.detail
  }

  server.get('/notices', async (_request, reply) =>
    sendView(reply, pages, pages.notices(undefined)),
  )
  server.post('/notices/subscribe', { bodyLimit: FORM_BYTES_MAX }, async (request, reply) => {
    const given = form.parse(request.body)
    const problem = subscribe(given)
    if (problem === undefined) return reply.redirect('/notices', 303)
    reply.code(409)
    return sendView(reply, pages, pages.notices({ person: given.person, problem }))
  })
  server.post<{ Params: { id: string } }>('/notices/:id/remove', async (request, reply) => {
    const { id } = request.params
    if (!PLACE_ID.test(id) || !notify.unsubscribe(id)) return sendFault(reply, pages, NOT_FOUND)
    return reply.redirect('/notices', 303)
  })
}
