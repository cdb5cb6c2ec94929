import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import type { View } from '#console/views.ts'
import type { Pages } from '../pages/pages.ts'
import { viewerOf } from './access-check.ts'
import { addDeviceRoutes } from './device-routes.ts'
import { NOT_FOUND } from './not-found.ts'
import { sendFault, sendView } from './send-page.ts'

const text = z.string().max(100).catch('')
const query = z
  .object({ fragment: text, after: text, box: text })
  .catch({ fragment: '', after: '', box: '' })
const KEY = /^[A-Za-z0-9_-]{1,64}$/

/** The pages for people; each also gives its changing part alone, for pages that are open. */
export function addPageRoutes(server: FastifyInstance, pages: Pages): void {
  const answer = (reply: FastifyReply, view: View | undefined): FastifyReply =>
    view === undefined ? sendFault(reply, pages, NOT_FOUND) : sendView(reply, pages, view)

  server.get('/', async (request, reply) => {
    const { fragment } = query.parse(request.query)
    return answer(reply, await pages.today(viewerOf(request), fragment === 'today'))
  })
  server.get('/digest', async (request, reply) =>
    answer(reply, await pages.digest(viewerOf(request), request.query)),
  )
  server.get('/report', async (request, reply) =>
    answer(reply, await pages.report(viewerOf(request), request.query)),
  )
  server.get('/events', async (request, reply) => {
    const { fragment } = query.parse(request.query)
    return answer(reply, await pages.events(viewerOf(request), request.query, fragment === 'rows'))
  })
  server.get<{ Params: { id: string } }>('/events/:id', async (request, reply) => {
    const { id } = request.params
    const { fragment } = query.parse(request.query)
    if (!KEY.test(id)) return answer(reply, undefined)
    return answer(reply, await pages.event(viewerOf(request), id, fragment === 'detail'))
  })
  server.get('/appliances', async (request, reply) => {
    const { fragment, after } = query.parse(request.query)
    if (fragment === 'needs') return answer(reply, await pages.appliancesNeeds())
    const view = fragment === '' ? await pages.appliances(after) : await pages.appliance(fragment)
    return answer(reply, view)
  })
  addDeviceRoutes(server, pages)
  server.get('/knowledge', async (request, reply) => {
    const { box } = query.parse(request.query)
    return answer(reply, await pages.knowledge(box))
  })
  server.get('/setup', async (request, reply) => {
    const { box } = query.parse(request.query)
    return answer(reply, pages.setup(box))
  })
}
