import nunjucks from 'nunjucks'
import { TEMPLATE_FOLDERS } from './assets.ts'
import type { Frame, View } from './views.ts'
import { makeFillInTemplate } from './words/fill-in-template.ts'
import { schoolSignIn } from './words/school-sign-in.ts'
import { WORDS } from './words/words.ts'

/** Makes HTML of a view. Throws only when a template is broken: text from outside can never break one. */
export type Render = (view: View, frame: Frame) => string

interface Page {
  readonly template: string
  readonly title: string
  readonly section:
    | 'home'
    | 'alerts'
    | 'themes'
    | 'digest'
    | 'evidence'
    | 'notices'
    | 'events'
    | 'devices'
    | 'appliances'
    | 'policy'
    | 'accounts'
    | 'account'
    | 'audit'
    | 'knowledge'
    | 'none'
}

/** Templates are compiled at first use and kept; everything is escaped unless a component macro made it. */
export function makeRenderer(): Render {
  const loader = new nunjucks.FileSystemLoader([...TEMPLATE_FOLDERS])
  const environment = new nunjucks.Environment(loader, { autoescape: true, throwOnUndefined: true })
  // The timeline component formats its own dates; ours come as text already.
  environment.addFilter('date', (_timestamp: string, text: string) => text)
  environment.addGlobal('words', WORDS)
  environment.addFilter('fill', makeFillInTemplate(environment))
  return (view, frame) => {
    const page = pages[view.view]
    return environment.render(`${page.template}.njk`, { ...page, ...view, ...frame })
  }
}

const pages: Readonly<Record<View['view'], Page>> = {
  'sign-in': { template: 'sign-in', title: 'Sign in', section: 'none' },
  invite: { template: 'invite', title: 'Take your account', section: 'none' },
  recovery: { template: 'recovery', title: 'Your recovery codes', section: 'none' },
  prove: { template: 'prove', title: 'Show that it is you', section: 'none' },
  accounts: { template: 'accounts', title: 'Accounts', section: 'accounts' },
  'account-link': { template: 'account-link', title: 'A link for an account', section: 'accounts' },
  account: { template: 'account', title: 'Your account', section: 'account' },
  'provider-link': { template: 'provider-link', title: 'Link your sign-in', section: 'account' },
  'provider-take': { template: 'provider-take', title: schoolSignIn.askHeading, section: 'none' },
  'provider-taken': {
    template: 'provider-taken',
    title: schoolSignIn.takenHeading,
    section: 'none',
  },
  proved: { template: 'proved', title: schoolSignIn.provedHeading, section: 'none' },
  arrived: { template: 'arrived', title: 'You are signed in', section: 'none' },
  'ways-in': { template: 'ways-in', title: 'Your ways to sign in', section: 'account' },
  audit: { template: 'audit', title: 'Audit', section: 'audit' },
  'alert-changes': { template: 'audit', title: 'What was done to alerts', section: 'audit' },
  events: { template: 'events', title: 'Safeguarding events', section: 'events' },
  'events-rows': { template: 'parts/events-region', title: '', section: 'events' },
  event: { template: 'event', title: 'Safeguarding event', section: 'events' },
  'event-detail': { template: 'parts/event-detail', title: '', section: 'events' },
  alerts: { template: 'alerts', title: 'Alerts', section: 'alerts' },
  'alerts-rows': { template: 'parts/alerts-region', title: '', section: 'alerts' },
  alert: { template: 'alert', title: 'Alert', section: 'alerts' },
  'alert-detail': { template: 'parts/alert-detail', title: '', section: 'alerts' },
  today: { template: 'today', title: 'Today', section: 'home' },
  'today-part': { template: 'parts/today-region', title: '', section: 'home' },
  digest: { template: 'digest', title: 'Weekly digest', section: 'digest' },
  report: { template: 'report', title: 'Half-term report', section: 'digest' },
  checks: { template: 'checks', title: 'Checks of the filter', section: 'evidence' },
  check: { template: 'check', title: 'A check of the filter', section: 'evidence' },
  'check-new': { template: 'check-new', title: 'Check the filter', section: 'evidence' },
  'check-try': { template: 'check-try', title: 'Try it', section: 'evidence' },
  decisions: { template: 'decisions', title: 'Decisions', section: 'evidence' },
  decision: { template: 'decision', title: 'A decision', section: 'evidence' },
  'decision-new': { template: 'decision-new', title: 'Write down a decision', section: 'evidence' },
  'hand-over': { template: 'hand-over', title: 'Hand this case over', section: 'alerts' },
  review: { template: 'review', title: 'Yearly review', section: 'evidence' },
  notices: { template: 'notices', title: 'Your notices', section: 'notices' },
  themes: { template: 'themes', title: 'Themes', section: 'themes' },
  appliances: { template: 'appliances', title: 'Appliances', section: 'appliances' },
  appliance: { template: 'parts/appliance', title: '', section: 'appliances' },
  devices: { template: 'devices', title: 'Devices', section: 'devices' },
  'devices-rows': { template: 'parts/devices-region', title: '', section: 'devices' },
  device: { template: 'device', title: 'Device', section: 'devices' },
  'device-detail': { template: 'parts/device-detail', title: '', section: 'devices' },
  networks: { template: 'networks', title: 'Networks', section: 'devices' },
  'networks-cards': { template: 'parts/networks-region', title: '', section: 'devices' },
  setup: { template: 'setup', title: 'Setup check', section: 'appliances' },
  policy: { template: 'policy', title: 'Policy', section: 'policy' },
  why: { template: 'why', title: 'Why is this blocked?', section: 'policy' },
  requests: { template: 'requests', title: 'Requests to unblock', section: 'policy' },
  guide: { template: 'guide', title: 'Guide', section: 'none' },
  knowledge: { template: 'knowledge', title: 'How it knows', section: 'knowledge' },
  confirm: { template: 'confirm', title: 'Test of alerts', section: 'none' },
  confirmed: { template: 'confirmed', title: 'Test of alerts', section: 'none' },
  fault: { template: 'fault', title: '', section: 'none' },
}
