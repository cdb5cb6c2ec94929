/**
 * All words that the console shows, a file for each page or part: to be read through by one who writes plain English, and to be put into
 * another language as a whole. Templates have them as `words`; what a page is told in code is imported from here.
 */
import { account } from './account.ts'
import { accounts } from './accounts.ts'
import { alert } from './alert.ts'
import { alerts } from './alerts.ts'
import { appliances } from './appliances.ts'
import { audit } from './audit.ts'
import { boxes } from './boxes.ts'
import { check } from './check.ts'
import { checks } from './checks.ts'
import { common } from './common.ts'
import { confirm } from './confirm.ts'
import { counts } from './counts.ts'
import { decision } from './decision.ts'
import { decisions } from './decisions.ts'
import { device } from './device.ts'
import { devices } from './devices.ts'
import { digest } from './digest.ts'
import { event } from './event.ts'
import { events } from './events.ts'
import { evidence } from './evidence.ts'
import { fault } from './fault.ts'
import { figures } from './figures.ts'
import { guide } from './guide.ts'
import { handOver } from './hand-over.ts'
import { invite } from './invite.ts'
import { knowledge } from './knowledge.ts'
import { layout } from './layout.ts'
import { menu } from './menu.ts'
import { networks } from './networks.ts'
import { newCheck } from './new-check.ts'
import { notices } from './notices.ts'
import { policy } from './policy.ts'
import { proof } from './proof.ts'
import { report } from './report.ts'
import { requests } from './requests.ts'
import { review } from './review.ts'
import { roles } from './roles.ts'
import { setup } from './setup.ts'
import { signIn } from './sign-in.ts'
import { themes } from './themes.ts'
import { today } from './today.ts'
import { waysIn } from './ways-in.ts'
import { why } from './why.ts'

export interface Words {
  readonly account: typeof account
  readonly accounts: typeof accounts
  readonly alert: typeof alert
  readonly alerts: typeof alerts
  readonly appliances: typeof appliances
  readonly audit: typeof audit
  readonly boxes: typeof boxes
  readonly check: typeof check
  readonly checks: typeof checks
  readonly common: typeof common
  readonly confirm: typeof confirm
  readonly counts: typeof counts
  readonly decision: typeof decision
  readonly decisions: typeof decisions
  readonly device: typeof device
  readonly devices: typeof devices
  readonly digest: typeof digest
  readonly event: typeof event
  readonly events: typeof events
  readonly evidence: typeof evidence
  readonly fault: typeof fault
  readonly figures: typeof figures
  readonly guide: typeof guide
  readonly handOver: typeof handOver
  readonly invite: typeof invite
  readonly knowledge: typeof knowledge
  readonly layout: typeof layout
  readonly menu: typeof menu
  readonly networks: typeof networks
  readonly newCheck: typeof newCheck
  readonly notices: typeof notices
  readonly policy: typeof policy
  readonly proof: typeof proof
  readonly report: typeof report
  readonly requests: typeof requests
  readonly review: typeof review
  readonly roles: typeof roles
  readonly setup: typeof setup
  readonly signIn: typeof signIn
  readonly themes: typeof themes
  readonly today: typeof today
  readonly waysIn: typeof waysIn
  readonly why: typeof why
}

export const WORDS: Words = {
  account,
  accounts,
  alert,
  alerts,
  appliances,
  audit,
  boxes,
  check,
  checks,
  common,
  confirm,
  counts,
  decision,
  decisions,
  device,
  devices,
  digest,
  event,
  events,
  evidence,
  fault,
  figures,
  guide,
  handOver,
  invite,
  knowledge,
  layout,
  menu,
  networks,
  newCheck,
  notices,
  policy,
  proof,
  report,
  requests,
  review,
  roles,
  setup,
  signIn,
  themes,
  today,
  waysIn,
  why,
}
