import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Frame, View } from '#console/views.ts'
import type { Pages } from '../pages/pages.ts'
import { mayAsk, ruleOf } from './route-access.ts'

export interface Fault {
  readonly status: number
  readonly title: string
  readonly text: string
}

/** The pages of the menu; shown are those that the viewer may ask for. */
const MENU = [
  { section: 'alerts', href: '/alerts', text: 'Alerts' },
  { section: 'events', href: '/events', long: 'Safeguarding ', text: 'events' },
  { section: 'figures', href: '/figures', text: 'Figures' },
  { section: 'devices', href: '/devices', text: 'Devices' },
  { section: 'appliances', href: '/appliances', text: 'Appliances' },
  { section: 'accounts', href: '/accounts', text: 'Accounts' },
  { section: 'audit', href: '/audit', text: 'Audit' },
  { section: 'knowledge', href: '/knowledge', text: 'How it knows' },
] as const

/** Answers with a page. */
export function sendView(reply: FastifyReply, pages: Pages, view: View): FastifyReply {
  const html = pages.render(view, frameOf(reply.request))
  return reply.type('text/html; charset=utf-8').send(html)
}

/** Answers with a fault in the style of the other pages, or as JSON where a program asked. */
export function sendFault(reply: FastifyReply, pages: Pages, fault: Fault): FastifyReply {
  const { status, title, text } = fault
  reply.code(status)
  if (isForProgram(reply.request)) return reply.send({ failure: kebab(title), detail: text })
  return sendView(reply, pages, { view: 'fault', title, text })
}

/** Where somebody begins: the first page of the menu that is open to them. */
export function homeOf(request: FastifyRequest): string {
  const { menu } = frameOf(request)
  return (menu.find(({ section }) => section === 'events') ?? menu[0])?.href ?? '/knowledge'
}

function frameOf({ viewer }: FastifyRequest): Frame {
  if (viewer === undefined)
    return { isSignedIn: false, menu: [], hasAccount: false, byCode: undefined, isLive: false }
  const { account, byCode, rights } = viewer
  const isOpen = (path: string): boolean => {
    const rule = ruleOf('GET', path)
    return rule !== undefined && mayAsk(rule, rights)
  }
  const menu = MENU.filter(({ href }) => isOpen(href))
  const isLive = isOpen('/live')
  return { isSignedIn: true, menu, hasAccount: account !== undefined, byCode, isLive }
}

function isForProgram({ url }: FastifyRequest): boolean {
  return url.startsWith('/v1/')
}

function kebab(title: string): string {
  return title.toLowerCase().replaceAll(' ', '-')
}
