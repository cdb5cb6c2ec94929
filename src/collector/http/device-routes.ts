import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import type { View } from '#console/views.ts'
import type { Pages } from '../pages/pages.ts'
import { NOT_FOUND } from './not-found.ts'
import { sendFault, sendView } from './send-page.ts'

const word = z.string().max(64).catch('')
const query = z.object({ fragment: word, box: word }).catch({ fragment: '', box: '' })
/** A hardware address or an IP address. */
const DEVICE_ID = /^[0-9a-f:.]{2,45}$/

/** Devices and networks; each page also gives its changing part alone, for pages that are open. */
export function addDeviceRoutes(server: FastifyInstance, pages: Pages): void {
  const answer = (reply: FastifyReply, view: View | undefined): FastifyReply =>
    view === undefined ? sendFault(reply, pages, NOT_FOUND) : sendView(reply, pages, view)

  server.get('/devices', async (request, reply) => {
    const { fragment } = query.parse(request.query)
    return answer(reply, await pages.devices(request.query, fragment === 'rows'))
  })
  server.get('/devices.csv', async (request, reply) => {
    const text = await pages.devicesCsv(request.query)
    if (text === undefined) return sendFault(reply, pages, NOT_FOUND)
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="devices.csv"')
      .send(text)
  })
  server.get<{ Params: { id: string } }>('/devices/:id', async (request, reply) => {
    const { id } = request.params
    const { fragment, box } = query.parse(request.query)
    const isPart = fragment === 'detail'
    const known = DEVICE_ID.test(id) ? await pages.device(id, { box, isPart }) : undefined
    return answer(reply, known)
  })
  server.get('/networks', async (request, reply) => {
    const { fragment, box } = query.parse(request.query)
    return answer(reply, await pages.networks(box, fragment === 'rows'))
  })
  server.get('/guide', async (_request, reply) => answer(reply, pages.guide()))
}
