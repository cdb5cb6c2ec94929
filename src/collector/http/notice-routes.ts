import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { notices as words } from '#console/words/notices.ts'
import type { Clock } from '#platform/clock.ts'
import type { Viewer } from '../accounts/viewer.ts'
import type { Notify } from '../notify/notify.ts'
import { personOf } from '../notify/places/person-of.ts'
import { pushSubscription } from '../notify/settings/settings-schema.ts'
import type { Pages } from '../pages/pages.ts'
import { viewerOf } from './access-check.ts'
import { NOT_FOUND } from './not-found.ts'
import { sendFault, sendView } from './send-page.ts'

export interface NoticeRouteDeps {
  readonly notify: Pick<Notify, 'people' | 'subscribed' | 'subscribe' | 'unsubscribe'>
  readonly clock: Clock
}

const FORM_BYTES_MAX = 16_384
const LABEL_MAX = 60
const PLACE_ID = /^push-[A-Za-z0-9_-]{12}$/
const text = z.string().catch('')
const form = z
  .object({ label: text, endpoint: text, p256dh: text, auth: text })
  .catch({ label: '', endpoint: '', p256dh: '', auth: '' })

/** The page on which people subscribe their own browsers to push messages, and end that. */
export function addNoticeRoutes(
  server: FastifyInstance,
  pages: Pages,
  { notify, clock }: NoticeRouteDeps,
): void {
  /** What is wrong, in words; undefined when it is kept. */
  const subscribe = (
    { account }: Viewer,
    { label, ...given }: z.infer<typeof form>,
  ): string | undefined => {
    const person = personOf(notify.people(), account)?.id
    if (person === undefined) return words.problems.notThere
    const subscription = pushSubscription.safeParse(given)
    if (!subscription.success) return words.problems.noSubscription
    const name = label.trim().slice(0, LABEL_MAX)
    const kept = { person, label: name === '' ? words.here.nameless : name, ...subscription.data }
    return notify.subscribe({ ...kept, addedAt: clock.wallMs() })?.detail
  }
  /** Another's is as if there were none. */
  const end = ({ account }: Viewer, id: string): boolean => {
    const person = personOf(notify.people(), account)?.id
    const isOwn = notify.subscribed().some((one) => one.id === id && one.person === person)
    return isOwn && notify.unsubscribe(id)
  }

  server.get('/notices', async (request, reply) =>
    sendView(reply, pages, pages.notices(viewerOf(request), undefined)),
  )
  server.post('/notices/subscribe', { bodyLimit: FORM_BYTES_MAX }, async (request, reply) => {
    const viewer = viewerOf(request)
    const problem = subscribe(viewer, form.parse(request.body))
    if (problem === undefined) return reply.redirect('/notices', 303)
    reply.code(409)
    return sendView(reply, pages, pages.notices(viewer, problem))
  })
  server.post<{ Params: { id: string } }>('/notices/:id/remove', async (request, reply) => {
    const { id } = request.params
    if (!PLACE_ID.test(id) || !end(viewerOf(request), id)) return sendFault(reply, pages, NOT_FOUND)
    return reply.redirect('/notices', 303)
  })
}
