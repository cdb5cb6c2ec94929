import type { FastifyInstance } from 'fastify'
import { loadAssets } from '#console/assets.ts'
import type { Pages } from '../pages/pages.ts'
import { NOT_FOUND } from './not-found.ts'
import { sendFault } from './send-page.ts'

/** Styles, scripts and icons from memory; browsers ask each time and mostly hear that nothing changed. */
export function addAssetRoutes(server: FastifyInstance, pages: Pages): void {
  const assets = loadAssets()
  server.get<{ Params: { name: string } }>('/assets/:name', async (request, reply) => {
    const asset = assets.get(request.params.name)
    if (asset === undefined) return sendFault(reply, pages, NOT_FOUND)
    reply.header('cache-control', 'no-cache').header('etag', asset.etag)
    if (request.headers['if-none-match'] === asset.etag) return reply.code(304).send()
    return reply.type(asset.type).send(asset.body)
  })
}
