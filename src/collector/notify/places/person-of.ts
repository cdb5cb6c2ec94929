import type { Person } from '../settings/notify-settings.ts'

/** Whoever of the file of the people has an account's e-mail address; the first, where several have it. */
export function personOf(
  people: readonly Person[],
  account: { readonly email: string } | undefined,
): Person | undefined {
  if (account === undefined) return undefined
  const isOf = ({ places }: Person): boolean =>
    places.some((one) => one.channel === 'email' && one.address.toLowerCase() === account.email)
  return people.find(isOf)
}
