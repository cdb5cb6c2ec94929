/**
 * Whom alerts are assigned to. The file of the people need not name them: the address of their account, to which the alert is
 * assigned, is where they are told. They stand on no ladder, and no drill asks them.
 */
import type { Notices } from '../delivery/notices.ts'
import type { Escalations } from '../escalations.ts'
import { placeId } from '../settings/complete-settings.ts'
import type { NotifySettings, Person } from '../settings/notify-settings.ts'
import { personOf } from './person-of.ts'

/** Tells them as the file names them, else by the address alone; nobody while no file is in force. */
export function makeTellAssigned(
  settings: () => NotifySettings | undefined,
  notices: Pick<Notices, 'tellAssigned'>,
): Escalations['assigned'] {
  return ({ alert, to, severity, atMs }) => {
    const people = settings()?.people
    if (people === undefined) return
    const person = personOf(people, { email: to }) ?? byAddress(to)
    notices.tellAssigned(alert, { person, severity, nowMs: atMs })
  }
}

/** The settings with those of the accounts whom the file does not name. */
export function withAssignees(
  settings: NotifySettings | undefined,
  emails: readonly string[],
): NotifySettings | undefined {
  if (settings === undefined) return undefined
  const unnamed = emails.filter((email) => personOf(settings.people, { email }) === undefined)
  if (unnamed.length === 0) return settings
  return { ...settings, people: [...settings.people, ...unnamed.map(byAddress)] }
}

/** A colon stands in no id of the file. */
function byAddress(email: string): Person {
  const id = placeId('email', email)
  return {
    id: `account:${id}`,
    name: '',
    roles: [],
    places: [{ id, channel: 'email', address: email }],
  }
}
