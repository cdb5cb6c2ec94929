import type { EventClient } from '#domain/event.ts'
import { CONFIDENCE_BANDS } from '#domain/identity.ts'
import { parseMac } from '#domain/mac-address.ts'
import type { Subject } from './alert.ts'

/** Whom an event is about: the person only where it is sure who asked, else the device. All text is hostile. */
export function subjectOf(client: EventClient): Subject {
  const { user, confidence = 0 } = client
  if (user !== undefined && user !== '' && confidence >= CONFIDENCE_BANDS.strong)
    return { kind: 'person', user }
  return deviceOf(client)
}

/** The device alone: what IT looks after, and all that is known where nobody is sure. */
export function deviceOf({ mac, address, device }: EventClient): Subject {
  return { kind: 'device', id: mac ?? address, ...(device === undefined ? {} : { name: device }) }
}

const TRIAL = 'trial/'

/** Under which trials of the filter from the same subject are judged: apart, so that none ever takes a real lookup. */
export function trialKey(key: string): string {
  return `${TRIAL}${key}`
}

export function isTrialKey(key: string): boolean {
  return key.startsWith(TRIAL)
}

/** The same for the same subject; an address means something only to its own appliance. */
export function subjectKey(subject: Subject, appliance: string): string {
  switch (subject.kind) {
    case 'person':
      return `person:${subject.user.toLowerCase()}`
    case 'device':
      return parseMac(subject.id) === undefined
        ? `device:${appliance}/${subject.id}`
        : `device:${subject.id.toLowerCase()}`
    case 'school':
    case 'erased':
      return subject.kind
    default:
      return subject satisfies never
  }
}
