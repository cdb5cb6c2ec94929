import nunjucks from 'nunjucks'
import { TEMPLATE_FOLDERS } from './assets.ts'
import type { Frame, View } from './views.ts'
import { makeFillInTemplate } from './words/fill-in-template.ts'
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
  'sign-in': { template: 'sign-in', title: WORDS.signIn.heading, section: 'none' },
  invite: { template: 'invite', title: WORDS.invite.heading, section: 'none' },
  recovery: { template: 'recovery', title: WORDS.invite.recovery.heading, section: 'none' },
  prove: { template: 'prove', title: WORDS.signIn.prove.heading, section: 'none' },
  accounts: { template: 'accounts', title: WORDS.accounts.heading, section: 'accounts' },
  'account-link': {
    template: 'account-link',
    title: WORDS.accounts.link.title,
    section: 'accounts',
  },
  account: { template: 'account', title: WORDS.account.heading, section: 'account' },
  'provider-link': {
    template: 'provider-link',
    title: WORDS.waysIn.linking.title,
    section: 'account',
  },
  'provider-take': {
    template: 'provider-take',
    title: WORDS.schoolSignIn.askHeading,
    section: 'none',
  },
  'provider-taken': {
    template: 'provider-taken',
    title: WORDS.schoolSignIn.takenHeading,
    section: 'none',
  },
  proved: { template: 'proved', title: WORDS.schoolSignIn.provedHeading, section: 'none' },
  passing: { template: 'passing', title: WORDS.signIn.passing.heading, section: 'none' },
  arrived: { template: 'arrived', title: WORDS.signIn.arrived.heading, section: 'none' },
  'ways-in': { template: 'ways-in', title: WORDS.waysIn.heading, section: 'account' },
  audit: { template: 'audit', title: WORDS.audit.title, section: 'audit' },
  'alert-changes': { template: 'audit', title: WORDS.audit.changes, section: 'audit' },
  events: { template: 'events', title: WORDS.events.title, section: 'events' },
  'events-rows': { template: 'parts/events-region', title: '', section: 'events' },
  event: { template: 'event', title: WORDS.event.title, section: 'events' },
  'event-detail': { template: 'parts/event-detail', title: '', section: 'events' },
  alerts: { template: 'alerts', title: WORDS.alerts.title, section: 'alerts' },
  'alerts-rows': { template: 'parts/alerts-region', title: '', section: 'alerts' },
  alert: { template: 'alert', title: WORDS.alert.title, section: 'alerts' },
  'alert-detail': { template: 'parts/alert-detail', title: '', section: 'alerts' },
  today: { template: 'today', title: WORDS.today.title, section: 'home' },
  'today-part': { template: 'parts/today-region', title: '', section: 'home' },
  digest: { template: 'digest', title: WORDS.digest.title, section: 'digest' },
  report: { template: 'report', title: WORDS.report.title, section: 'digest' },
  checks: { template: 'checks', title: WORDS.checks.title, section: 'evidence' },
  check: { template: 'check', title: WORDS.check.title, section: 'evidence' },
  'check-new': { template: 'check-new', title: WORDS.newCheck.title, section: 'evidence' },
  'check-try': { template: 'check-try', title: WORDS.newCheck.tryTitle, section: 'evidence' },
  decisions: { template: 'decisions', title: WORDS.decisions.title, section: 'evidence' },
  decision: { template: 'decision', title: WORDS.decision.title, section: 'evidence' },
  'decision-new': { template: 'decision-new', title: WORDS.decision.newTitle, section: 'evidence' },
  'hand-over': { template: 'hand-over', title: WORDS.handOver.title, section: 'alerts' },
  review: { template: 'review', title: WORDS.review.title, section: 'evidence' },
  notices: { template: 'notices', title: WORDS.notices.heading, section: 'notices' },
  themes: { template: 'themes', title: WORDS.themes.title, section: 'themes' },
  appliances: { template: 'appliances', title: WORDS.appliances.heading, section: 'appliances' },
  appliance: { template: 'parts/appliance', title: '', section: 'appliances' },
  'appliances-needs': { template: 'parts/appliances-needs', title: '', section: 'appliances' },
  devices: { template: 'devices', title: WORDS.devices.title, section: 'devices' },
  'devices-rows': { template: 'parts/devices-region', title: '', section: 'devices' },
  device: { template: 'device', title: WORDS.device.title, section: 'devices' },
  'device-detail': { template: 'parts/device-detail', title: '', section: 'devices' },
  networks: { template: 'networks', title: WORDS.networks.heading, section: 'devices' },
  'networks-cards': { template: 'parts/networks-region', title: '', section: 'devices' },
  setup: { template: 'setup', title: WORDS.setup.heading, section: 'appliances' },
  policy: { template: 'policy', title: WORDS.policy.heading, section: 'policy' },
  releases: { template: 'releases', title: WORDS.releases.title, section: 'policy' },
  timetable: { template: 'timetable', title: WORDS.timetable.title, section: 'policy' },
  why: { template: 'why', title: WORDS.why.heading, section: 'policy' },
  requests: { template: 'requests', title: WORDS.requests.heading, section: 'policy' },
  'over-blocks': {
    template: 'over-blocks',
    title: WORDS.overBlocks.title,
    section: 'policy',
  },
  guide: { template: 'guide', title: WORDS.guide.title, section: 'none' },
  knowledge: { template: 'knowledge', title: WORDS.knowledge.heading, section: 'knowledge' },
  confirm: { template: 'confirm', title: WORDS.confirm.title, section: 'none' },
  confirmed: { template: 'confirmed', title: WORDS.confirm.title, section: 'none' },
  fault: { template: 'fault', title: '', section: 'none' },
}
