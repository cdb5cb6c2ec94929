import type { FastifyReply, FastifyRequest } from 'fastify'
import type { View } from '#console/views.ts'
import { menu } from '#console/words/menu.ts'
import type { Viewer } from '../accounts/viewer.ts'
import type { Asker, Pages } from '../pages/pages.ts'
import { mayAsk, ruleOf } from './route-access.ts'

export interface Fault {
  readonly status: number
  readonly title: string
  readonly text: string
}

/** The pages of the menu; shown are those that the viewer may ask for, and of a section the first. */
const MENU = [
  { section: 'home', href: '/', text: menu.home },
  { section: 'alerts', href: '/alerts', text: menu.alerts },
  { section: 'events', href: '/events', text: menu.events },
  { section: 'themes', href: '/themes', text: menu.themes },
  { section: 'digest', href: '/digest', text: menu.digest },
  { section: 'digest', href: '/report', text: menu.digest },
  { section: 'evidence', href: '/checks', text: menu.evidence },
  { section: 'evidence', href: '/decisions', text: menu.evidence },
  { section: 'evidence', href: '/review', text: menu.evidence },
  { section: 'devices', href: '/devices', text: menu.devices },
  { section: 'appliances', href: '/appliances', text: menu.appliances },
  { section: 'policy', href: '/policy', text: menu.policy },
  { section: 'policy', href: '/policy/timetable', text: menu.policy },
  { section: 'policy', href: '/policy/releases', text: menu.policy },
  { section: 'policy', href: '/why', text: menu.policy },
  { section: 'policy', href: '/requests', text: menu.policy },
  { section: 'policy', href: '/policy/over-blocks', text: menu.policy },
  { section: 'accounts', href: '/accounts', text: menu.accounts },
  { section: 'audit', href: '/audit', text: menu.audit },
  { section: 'knowledge', href: '/knowledge', text: menu.knowledge },
  { section: 'notices', href: '/notices', text: menu.notices },
] as const

/** Where somebody begins: the first of these that is open to them. */
const HOMES = ['/', '/appliances', '/report', '/audit'] as const

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

export function homeOf({ viewer }: FastifyRequest): string {
  return HOMES.find((path) => viewer !== undefined && isOpen(viewer, path)) ?? '/knowledge'
}

function frameOf({ viewer }: FastifyRequest): Asker {
  if (viewer === undefined)
    return {
      isSignedIn: false,
      menu: [],
      open: [],
      hasAccount: false,
      byCode: undefined,
      isLive: false,
      who: '',
    }
  const { account, byCode, who } = viewer
  const pages = MENU.filter(({ href }) => isOpen(viewer, href))
  return {
    isSignedIn: true,
    menu: pages.filter(
      ({ section }, index) => pages.findIndex((one) => one.section === section) === index,
    ),
    open: pages.map(({ href }) => href),
    hasAccount: account !== undefined,
    byCode,
    isLive: isOpen(viewer, '/live'),
    who,
  }
}

function isOpen({ rights }: Viewer, path: string): boolean {
  const rule = ruleOf('GET', path)
  return rule !== undefined && mayAsk(rule, rights)
}

function isForProgram({ url }: FastifyRequest): boolean {
  return url.startsWith('/v1/')
}

function kebab(title: string): string {
  return title.toLowerCase().replaceAll(' ', '-')
}
