import type { EventName } from '#domain/event.ts'
import { event } from '../words/event.ts'
import { plainText } from './plain-text.ts'

/** What is shown in place of a name that nobody may see. */
export const NAME_WITHHELD: string = event.nameWithheld

/** A name that no program turns into a link: `bad[.]example[.]org`. */
export function defang(name: string): string {
  return plainText(name).replaceAll('.', '[.]')
}

/** A looked-up name as a person may see it. Names of illegal material are never shown, whatever the box sent. */
export function shownName(name: EventName, category: string): string {
  if (isIllegal(category) || name.form === 'hash') return NAME_WITHHELD
  return defang(name.name)
}

/** Whether the law forbids looking further. */
export function isIllegal(category: string): boolean {
  return category.startsWith('illegal.')
}
