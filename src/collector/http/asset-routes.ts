import { gzipSync } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import { type Asset, loadAssets } from '#console/assets.ts'
import type { Pages } from '../pages/pages.ts'
import { NOT_FOUND } from './not-found.ts'
import { sendFault } from './send-page.ts'

const FOREVER = 'public, max-age=31536000, immutable'
/** A page is looked at, and the next, without asking a dozen times; after an upgrade everybody has the new ones within a minute. */
const A_MINUTE = 'public, max-age=60'

/** Styles, scripts, fonts and icons from memory. Of most browsers ask again after a minute, and mostly hear that nothing changed. */
export function addAssetRoutes(server: FastifyInstance, pages: Pages): void {
  const assets = loadAssets()
  const zip = makeZip()
  server.get<{ Params: { name: string } }>('/assets/:name', async (request, reply) => {
    const asset = assets.get(request.params.name)
    if (asset === undefined) return sendFault(reply, pages, NOT_FOUND)
    const isZipped = asset.isText && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '')
    const etag = isZipped ? asset.etag.replace(/"$/, '-gzip"') : asset.etag
    reply.header('cache-control', asset.isForever ? FOREVER : A_MINUTE)
    reply.header('etag', etag).header('vary', 'accept-encoding')
    if (request.headers['if-none-match'] === etag) return reply.code(304).send()
    if (isZipped) reply.header('content-encoding', 'gzip')
    return reply.type(asset.type).send(isZipped ? zip(asset) : asset.body)
  })
}

/** Each is compressed once, when it is first asked for. Nothing secret stands in any, so lengths tell nothing. */
function makeZip(): (asset: Asset) => Buffer {
  const zipped = new Map<Asset, Buffer>()
  return (asset) => {
    const body = zipped.get(asset) ?? gzipSync(asset.body)
    zipped.set(asset, body)
    return body
  }
}
