import type { FastifyReply, FastifyRequest } from 'fastify'
import type { View } from '#console/views.ts'
import type { Pages } from '../pages/pages.ts'

export interface Fault {
  readonly status: number
  readonly title: string
  readonly text: string
}

/** Answers with a page; a person who sees it is signed in, except where `isSignedIn` says otherwise. */
export function sendView(
  reply: FastifyReply,
  pages: Pages,
  view: View,
  isSignedIn = true,
): FastifyReply {
  return reply.type('text/html; charset=utf-8').send(pages.render(view, { isSignedIn }))
}

/** Answers with a fault in the style of the other pages, or as JSON where a program asked. */
export function sendFault(reply: FastifyReply, pages: Pages, fault: Fault): FastifyReply {
  const { status, title, text } = fault
  reply.code(status)
  if (isForProgram(reply.request)) return reply.send({ failure: kebab(title), detail: text })
  return sendView(reply, pages, { view: 'fault', title, text }, reply.request.isSignedIn)
}

function isForProgram({ url }: FastifyRequest): boolean {
  return url.startsWith('/v1/')
}

function kebab(title: string): string {
  return title.toLowerCase().replaceAll(' ', '-')
}
