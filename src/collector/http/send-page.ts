import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Frame, View } from '#console/views.ts'
import type { Viewer } from '../accounts/viewer.ts'
import type { Pages } from '../pages/pages.ts'
import { mayAsk, ruleOf } from './route-access.ts'

export interface Fault {
  readonly status: number
  readonly title: string
  readonly text: string
}

/** The pages of the menu; shown are those that the viewer may ask for, and of a section the first. */
const MENU = [
  { section: 'home', href: '/', text: 'Today' },
  { section: 'alerts', href: '/alerts', text: 'Alerts' },
  { section: 'events', href: '/events', text: 'Events' },
  { section: 'themes', href: '/themes', text: 'Themes' },
  { section: 'digest', href: '/digest', text: 'Reports' },
  { section: 'digest', href: '/report', text: 'Reports' },
  { section: 'evidence', href: '/checks', text: 'Evidence' },
  { section: 'evidence', href: '/decisions', text: 'Evidence' },
  { section: 'evidence', href: '/review', text: 'Evidence' },
  { section: 'devices', href: '/devices', text: 'Devices' },
  { section: 'appliances', href: '/appliances', text: 'Appliances' },
  { section: 'policy', href: '/policy', text: 'Policy' },
  { section: 'policy', href: '/policy/timetable', text: 'Policy' },
  { section: 'policy', href: '/policy/releases', text: 'Policy' },
  { section: 'policy', href: '/why', text: 'Policy' },
  { section: 'policy', href: '/requests', text: 'Policy' },
  { section: 'policy', href: '/policy/over-blocks', text: 'Policy' },
  { section: 'accounts', href: '/accounts', text: 'Accounts' },
  { section: 'audit', href: '/audit', text: 'Audit' },
  { section: 'knowledge', href: '/knowledge', text: 'How it knows' },
  { section: 'notices', href: '/notices', text: 'Notices' },
] as const

/** Where somebody begins: the first of these that is open to them. */
const HOMES = ['/', '/devices', '/report', '/audit'] as const

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

function frameOf({ viewer }: FastifyRequest): Frame {
  if (viewer === undefined)
    return {
      isSignedIn: false,
      menu: [],
      open: [],
      hasAccount: false,
      byCode: undefined,
      isLive: false,
    }
  const { account, byCode } = viewer
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
