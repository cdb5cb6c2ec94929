/**
 * All words that the console shows, a file for each page or part: to be read through by one who writes plain English, and to be put into
 * another language as a whole. Templates have them as `words`; what a page is told in code is imported from here.
 */
import { account } from './account.ts'
import { accounts } from './accounts.ts'
import { alert } from './alert.ts'
import { alertFacts } from './alert-facts.ts'
import { alertForms } from './alert-forms.ts'
import { alertHistory } from './alert-history.ts'
import { alertProblems } from './alert-problems.ts'
import { alerts } from './alerts.ts'
import { appliances } from './appliances.ts'
import { audit } from './audit.ts'
import { boxes } from './boxes.ts'
import { browser } from './browser.ts'
import { check } from './check.ts'
import { checkFindings } from './check-findings.ts'
import { checks } from './checks.ts'
import { common } from './common.ts'
import { confirm } from './confirm.ts'
import { counts } from './counts.ts'
import { decision } from './decision.ts'
import { decisions } from './decisions.ts'
import { device } from './device.ts'
import { deviceAdvice } from './device-advice.ts'
import { devices } from './devices.ts'
import { devicesFile } from './devices-file.ts'
import { digest } from './digest.ts'
import { documents } from './documents.ts'
import { event } from './event.ts'
import { events } from './events.ts'
import { evidence } from './evidence.ts'
import { fault } from './fault.ts'
import { figures } from './figures.ts'
import { goesRound } from './goes-round.ts'
import { guide } from './guide.ts'
import { handOver } from './hand-over.ts'
import { inShort } from './in-short.ts'
import { invite } from './invite.ts'
import { knowledge } from './knowledge.ts'
import { known } from './known.ts'
import { layout } from './layout.ts'
import { line } from './line.ts'
import { menu } from './menu.ts'
import { networkAdvice } from './network-advice.ts'
import { networks } from './networks.ts'
import { newCheck } from './new-check.ts'
import { notices } from './notices.ts'
import { onRecord } from './on-record.ts'
import { overBlocks } from './over-blocks.ts'
import { policy } from './policy.ts'
import { problems } from './problems.ts'
import { proof } from './proof.ts'
import { releases } from './releases.ts'
import { report } from './report.ts'
import { requests } from './requests.ts'
import { review } from './review.ts'
import { reviewParts } from './review-parts.ts'
import { roles } from './roles.ts'
import { schoolSignIn } from './school-sign-in.ts'
import { setup } from './setup.ts'
import { severities } from './severities.ts'
import { signIn } from './sign-in.ts'
import { signOff } from './sign-off.ts'
import { themes } from './themes.ts'
import { time } from './time.ts'
import { timetable } from './timetable.ts'
import { today } from './today.ts'
import { verdicts } from './verdicts.ts'
import { waysIn } from './ways-in.ts'
import { why } from './why.ts'

export interface Words {
  readonly account: typeof account
  readonly accounts: typeof accounts
  readonly alert: typeof alert
  readonly alertFacts: typeof alertFacts
  readonly alertForms: typeof alertForms
  readonly alertHistory: typeof alertHistory
  readonly alertProblems: typeof alertProblems
  readonly alerts: typeof alerts
  readonly appliances: typeof appliances
  readonly audit: typeof audit
  readonly boxes: typeof boxes
  readonly browser: typeof browser
  readonly check: typeof check
  readonly checkFindings: typeof checkFindings
  readonly checks: typeof checks
  readonly common: typeof common
  readonly confirm: typeof confirm
  readonly counts: typeof counts
  readonly decision: typeof decision
  readonly decisions: typeof decisions
  readonly device: typeof device
  readonly deviceAdvice: typeof deviceAdvice
  readonly devices: typeof devices
  readonly devicesFile: typeof devicesFile
  readonly digest: typeof digest
  readonly documents: typeof documents
  readonly event: typeof event
  readonly events: typeof events
  readonly evidence: typeof evidence
  readonly fault: typeof fault
  readonly figures: typeof figures
  readonly goesRound: typeof goesRound
  readonly guide: typeof guide
  readonly handOver: typeof handOver
  readonly inShort: typeof inShort
  readonly invite: typeof invite
  readonly knowledge: typeof knowledge
  readonly known: typeof known
  readonly layout: typeof layout
  readonly line: typeof line
  readonly menu: typeof menu
  readonly networkAdvice: typeof networkAdvice
  readonly networks: typeof networks
  readonly newCheck: typeof newCheck
  readonly notices: typeof notices
  readonly onRecord: typeof onRecord
  readonly overBlocks: typeof overBlocks
  readonly policy: typeof policy
  readonly problems: typeof problems
  readonly proof: typeof proof
  readonly releases: typeof releases
  readonly report: typeof report
  readonly requests: typeof requests
  readonly review: typeof review
  readonly reviewParts: typeof reviewParts
  readonly roles: typeof roles
  readonly schoolSignIn: typeof schoolSignIn
  readonly setup: typeof setup
  readonly severities: typeof severities
  readonly signIn: typeof signIn
  readonly signOff: typeof signOff
  readonly themes: typeof themes
  readonly time: typeof time
  readonly timetable: typeof timetable
  readonly today: typeof today
  readonly verdicts: typeof verdicts
  readonly waysIn: typeof waysIn
  readonly why: typeof why
}

export const WORDS: Words = {
  account,
  accounts,
  alert,
  alertFacts,
  alertForms,
  alertHistory,
  alertProblems,
  alerts,
  appliances,
  audit,
  boxes,
  browser,
  check,
  checkFindings,
  checks,
  common,
  confirm,
  counts,
  decision,
  decisions,
  device,
  deviceAdvice,
  devices,
  devicesFile,
  digest,
  documents,
  event,
  events,
  evidence,
  fault,
  figures,
  goesRound,
  guide,
  handOver,
  inShort,
  invite,
  knowledge,
  known,
  layout,
  line,
  menu,
  networkAdvice,
  networks,
  newCheck,
  notices,
  onRecord,
  overBlocks,
  policy,
  problems,
  proof,
  releases,
  report,
  requests,
  review,
  reviewParts,
  roles,
  schoolSignIn,
  setup,
  severities,
  signIn,
  signOff,
  themes,
  time,
  timetable,
  today,
  verdicts,
  waysIn,
  why,
}
