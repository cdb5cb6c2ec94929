import type { Change } from '../alerts/alert-history.ts'
import type { Decision } from '../alerts/decision.ts'

/** What a person may find, as a form offers it and a page says it. */
export const DECISION_WORDS: Readonly<Record<Decision, string>> = {
  concern: 'A concern',
  'no-concern': 'No concern',
  'false-positive:wrong-category': 'False: the site is not of this kind',
  'false-positive:background': 'False: an app or an advert, nobody chose it',
  'false-positive:shared-device': 'False: the device is shared, it is not known who',
  'false-positive:curriculum': 'False: it was for a lesson',
}

/** What was done, as the history says it. */
export const CHANGE_WORDS: Readonly<Record<Change, string>> = {
  opened: 'Opened',
  risen: 'Became graver',
  'seen-again': 'Seen again',
  acknowledged: 'Acknowledged',
  'review-begun': 'Review begun',
  decided: 'Decided',
  acted: 'Acted on',
  closed: 'Closed',
  reopened: 'Opened again',
  assigned: 'Assigned',
  'information-awaited': 'Waiting for information',
  'information-came': 'Information came',
  escalated: 'Escalated',
  merged: 'Merged',
  split: 'Split',
  held: 'Legal hold',
  'hold-released': 'Legal hold ended',
  noted: 'Note',
  snoozed: 'Set aside',
  'snooze-ended': 'Told again',
  'demotion-proposed': 'Lowering proposed',
  'demotion-accepted': 'Lowering accepted',
  'demotion-refused': 'Lowering refused',
  'person-erased': 'Link to the person erased',
  deleted: 'Deleted',
}
