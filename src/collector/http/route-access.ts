/**
 * Who may ask for what: every route of the console's server stands here, and a route that does not stops the start.
 * Whose alerts and events somebody sees within a route is in `../accounts/scope.ts`.
 */
import { ROLES } from '../accounts/role.ts'
import { CODE_HOLDER, EVERYBODY, type Right } from '../accounts/viewer.ts'
import type { Audited } from '../audit/audit-log.ts'

export interface RouteRule {
  /** `anyone` needs no session; an `appliance` signs what it sends. */
  readonly who: 'anyone' | 'appliance' | readonly Right[]
  /** What is noted before the answer is made. */
  readonly audit?: Audited
  /** Its asker must have shown a secret within minutes. */
  readonly needsProof?: true
}

const LEADS: readonly Right[] = ['dsl', 'deputy']
const SEE_ALERTS: readonly Right[] = [...LEADS, 'pastoral', 'head', 'chair', 'it']
/** Who reads whole queues, and may do anything to what stands in them. */
const SEE_QUEUES: readonly Right[] = [...LEADS, 'head', 'chair', 'it']
/** Who takes a case out, into the school’s own record; whose it is decides besides. */
const TAKE_CASES: readonly Right[] = [...LEADS, 'head', 'chair']
const LEADERS: readonly Right[] = [...LEADS, 'head', 'chair', 'governor']
const SIGN_REVIEW: readonly Right[] = ['dsl', 'head', 'chair', 'governor']
const SEE_DEVICES: readonly Right[] = [...LEADS, 'it']
const MANAGE_ACCOUNTS: readonly Right[] = ['dsl', 'head', CODE_HOLDER]
const READ_AUDIT: readonly Right[] = ['auditor', 'dsl', 'head']

const SEE_POLICY: readonly Right[] = [...LEADS, 'head', 'it']
const SET_POLICY: readonly Right[] = ['head', 'it']
/** Whose it is that the filter is tried, and to write down what the school decided. */
const CHECK: readonly Right[] = [...LEADS, 'head', 'it']
const DECIDE: readonly Right[] = [...LEADS, 'head', 'chair']
/** Governors are given counts and decisions: no device, no room. */
const SEE_EVIDENCE: readonly Right[] = [...LEADS, 'head', 'chair', 'governor', 'it', 'auditor']
const SEE_CHECKS: readonly Right[] = [...CHECK, 'auditor']

const anyone: RouteRule = { who: 'anyone' }
const everybody: RouteRule = { who: EVERYBODY }
const ownAccount: RouteRule = { who: ROLES }
const act: RouteRule = { who: SEE_ALERTS, audit: 'alert-acted-on' }
const decide: RouteRule = { who: SEE_QUEUES, audit: 'alert-acted-on' }
const setTheme: RouteRule = { who: LEADS, audit: 'theme-changed' }
const setNotices: RouteRule = { who: ROLES, audit: 'notices-changed' }
const manage: RouteRule = { who: MANAGE_ACCOUNTS, needsProof: true }
const wayIn: RouteRule = { who: ROLES, needsProof: true }
const setPolicy: RouteRule = { who: SET_POLICY, audit: 'policy-changed' }
const handOver: RouteRule = { who: TAKE_CASES, audit: 'exported', needsProof: true }
const check: RouteRule = { who: CHECK, audit: 'check-kept' }
const writeDown: RouteRule = { who: DECIDE, audit: 'decision-kept' }
const appliance: RouteRule = { who: 'appliance' }

/** By method and path as routes are declared; a HEAD is its GET. */
export const ROUTE_ACCESS: Readonly<Record<string, RouteRule>> = {
  'GET /sign-in': anyone,
  'POST /sign-in': anyone,
  'POST /sign-in/account': anyone,
  'POST /sign-in/passkey/challenge': anyone,
  'POST /sign-in/passkey': anyone,
  'GET /sign-in/provider': anyone,
  'GET /sign-in/provider/callback': anyone,
  'GET /invite/:token': anyone,
  'GET /invite/:token/provider': anyone,
  'POST /invite/provider': anyone,
  'POST /invite/:token': anyone,
  'GET /assets/:name': anyone,
  'GET /confirm/:token': anyone,
  'POST /confirm/:token': anyone,

  'POST /v1/batches': appliance,
  'POST /v1/status': appliance,
  'POST /v1/devices': appliance,
  'POST /v1/policy': appliance,
  'POST /v1/policy/replies': appliance,

  'GET /': { who: [...LEADS, 'pastoral', 'head', 'chair'], audit: 'alerts-listed' },
  'POST /sign-out': everybody,
  'GET /prove': everybody,
  'POST /prove': everybody,
  'GET /knowledge': everybody,
  'GET /guide': everybody,

  'GET /account': ownAccount,
  'POST /account/password': ownAccount,
  'POST /account/hidden': ownAccount,
  'POST /account/sessions': ownAccount,
  'GET /prove/provider': ownAccount,
  'POST /prove/passkey/challenge': ownAccount,
  'POST /prove/passkey': ownAccount,

  'GET /ways-in': wayIn,
  'POST /ways-in/passkeys/challenge': wayIn,
  'POST /ways-in/passkeys': wayIn,
  'POST /ways-in/passkeys/remove': wayIn,
  'GET /ways-in/provider': ownAccount,
  'POST /ways-in/provider': wayIn,
  'POST /ways-in/provider/unlink': wayIn,

  'GET /alerts': { who: SEE_ALERTS, audit: 'alerts-listed' },
  'GET /alerts/:id': { who: SEE_ALERTS, audit: 'alert-opened' },
  'POST /alerts/:id/acknowledge': act,
  'POST /alerts/:id/review': act,
  'POST /alerts/:id/note': act,
  'POST /alerts/:id/await-information': act,
  'POST /alerts/:id/information-came': act,
  'POST /alerts/:id/decide': decide,
  'POST /alerts/:id/act': decide,
  'POST /alerts/:id/close': decide,
  'POST /alerts/:id/assign': { who: LEADS, audit: 'alert-acted-on' },
  'POST /alerts/:id/escalate': decide,
  'POST /alerts/:id/reopen': decide,
  'POST /alerts/:id/hold': decide,
  'POST /alerts/:id/release-hold': decide,
  'POST /alerts/:id/merge': decide,
  'POST /alerts/:id/split': decide,
  'GET /alerts/:id/hand-over': handOver,
  'GET /alerts/:id/hand-over.pdf': handOver,
  'GET /alerts/:id/hand-over.csv': handOver,
  'GET /events': { who: SEE_QUEUES, audit: 'events-listed' },
  'GET /events/:id': { who: SEE_ALERTS, audit: 'event-opened' },
  'GET /live': { who: SEE_ALERTS },

  'GET /themes': { who: [...LEADS, 'head', 'it'] },
  'POST /themes/set-aside': setTheme,
  'POST /themes/set-aside/:id/end': setTheme,
  'POST /themes/:theme/accept-demotion': setTheme,
  'POST /themes/:theme/refuse-demotion': setTheme,
  'GET /digest': { who: [...LEADS, 'head'], audit: 'digest-read' },
  'GET /report': { who: LEADERS },
  'GET /report.pdf': { who: LEADERS, audit: 'exported' },
  'GET /review': { who: LEADERS },
  'GET /review.pdf': { who: LEADERS, audit: 'exported' },
  'POST /review': { who: SIGN_REVIEW, audit: 'review-signed' },

  'GET /checks': { who: SEE_EVIDENCE },
  'GET /checks/new': { who: CHECK },
  'GET /checks/:id': { who: SEE_CHECKS },
  'POST /checks': check,
  'POST /checks/:id/follow-up': check,
  'GET /decisions': { who: SEE_EVIDENCE },
  'GET /decisions/new': { who: DECIDE },
  'GET /decisions/:id': { who: SEE_EVIDENCE },
  'POST /decisions': writeDown,
  'POST /decisions/:id/amend': writeDown,

  'GET /notices': ownAccount,
  'POST /notices/subscribe': setNotices,
  'POST /notices/:id/remove': setNotices,

  'GET /devices': { who: SEE_DEVICES, audit: 'devices-listed' },
  'GET /devices.csv': { who: SEE_DEVICES, audit: 'exported', needsProof: true },
  'GET /devices/:id': { who: SEE_DEVICES, audit: 'device-opened' },
  'GET /networks': { who: SEE_DEVICES },
  'GET /appliances': { who: SEE_DEVICES },
  'GET /setup': { who: SEE_DEVICES },

  'GET /policy': { who: SEE_POLICY },
  'POST /policy/preview': { who: SEE_POLICY },
  'POST /policy/propose': { who: LEADS, audit: 'policy-proposed' },
  'POST /policy/rules': setPolicy,
  'POST /policy/rules/:id/remove': setPolicy,
  'POST /policy/versions/:version/revert': setPolicy,
  'POST /policy/proposals/:id/accept': setPolicy,
  'POST /policy/proposals/:id/decline': setPolicy,
  'GET /policy/timetable': { who: SEE_POLICY },
  'GET /policy/timetable/example-week.csv': { who: SEE_POLICY },
  'GET /policy/timetable/example-terms.csv': { who: SEE_POLICY },
  'POST /policy/timetable/preview': { who: SET_POLICY },
  'POST /policy/timetable': setPolicy,
  'POST /policy/timetable/remove': setPolicy,
  'GET /policy/releases': { who: SEE_POLICY },
  'POST /policy/releases': { who: SEE_POLICY, audit: 'release-begun' },
  'POST /policy/releases/:id/end': { who: SEE_POLICY, audit: 'release-ended' },
  'GET /policy/over-blocks': { who: SEE_POLICY },
  'GET /why': { who: SEE_DEVICES, audit: 'look-up-explained' },
  'GET /requests': { who: SEE_POLICY, audit: 'requests-listed' },
  'POST /requests/grant': setPolicy,
  'POST /requests/refuse': setPolicy,

  'GET /accounts': manage,
  'POST /accounts': manage,
  'POST /accounts/:id/link': manage,
  'POST /accounts/:id/roles': manage,
  'POST /accounts/:id/hidden': manage,
  'POST /accounts/:id/remove': manage,

  'GET /audit': { who: READ_AUDIT, audit: 'audit-read' },
  'GET /audit/alerts': { who: READ_AUDIT, audit: 'audit-read' },
  'GET /audit.csv': { who: READ_AUDIT, audit: 'exported', needsProof: true },
}

/** The rule of a route, where it has one. */
export function ruleOf(method: string, path: string): RouteRule | undefined {
  return ROUTE_ACCESS[`${method === 'HEAD' ? 'GET' : method} ${path}`]
}

/** The rule of a page by the address at which it is asked for, which may have an id in it. */
export function ruleAt(path: string): RouteRule | undefined {
  const exact = ruleOf('GET', path)
  if (exact !== undefined) return exact
  const parts = path.split('/')
  const found = Object.entries(ROUTE_ACCESS).find(([route]) => {
    const own = route.replace(/^GET /, '').split('/')
    return (
      own.length === parts.length &&
      own.every((part, index) => part === parts[index] || (part === ':id' && parts[index] !== ''))
    )
  })
  return found?.[1]
}

export function mayAsk({ who }: RouteRule, rights: ReadonlySet<Right>): boolean {
  return who === 'anyone' || (who !== 'appliance' && who.some((right) => rights.has(right)))
}
