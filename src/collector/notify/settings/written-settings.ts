import type { Weekday } from '#rules/calendar.ts'
import type { Zone } from '#rules/zone.ts'
import type { DayRange, DayTimes, Patience, Role, WeeklyTime } from './notify-settings.ts'

type Maybe<T> = T | undefined

export interface WrittenPerson {
  readonly id: string
  readonly name: string
  readonly roles: readonly Role[]
  readonly email?: Maybe<string>
  readonly sms?: Maybe<string>
  readonly push?: Maybe<
    readonly { readonly endpoint: string; readonly p256dh: string; readonly auth: string }[]
  >
  readonly webhooks?: Maybe<readonly { readonly url: string; readonly 'secret-file': string }[]>
}

export interface WrittenRotaEntry {
  readonly person: string
  readonly days?: Maybe<readonly Weekday[]>
  readonly times: DayTimes
  readonly from?: Maybe<number>
  readonly to?: Maybe<number>
}

interface WrittenEmail {
  readonly host: string
  readonly port?: Maybe<number>
  readonly security?: Maybe<'tls' | 'starttls' | 'none'>
  readonly from: string
  readonly user?: Maybe<string>
  readonly 'password-file'?: Maybe<string>
}

interface WrittenSms {
  readonly 'gov-notify'?: Maybe<{
    readonly 'key-file': string
    readonly template: string
    readonly url?: Maybe<string>
  }>
  readonly gateway?: Maybe<{
    readonly url: string
    readonly format?: Maybe<'json' | 'form'>
    readonly fields: Readonly<Record<string, string>>
    readonly 'token-file'?: Maybe<string>
  }>
}

/** The file of the people as it stands there, each value by itself found right. See `NotifySettings`. */
export interface WrittenSettings {
  readonly console: string
  readonly 'time-zone'?: Maybe<Zone>
  readonly 'school-hours'?: Maybe<Readonly<Partial<Record<Weekday, Maybe<DayTimes>>>>>
  readonly holidays?: Maybe<readonly DayRange[]>
  readonly people: readonly WrittenPerson[]
  readonly rota?: Maybe<readonly WrittenRotaEntry[]>
  readonly acknowledge?: Maybe<{
    readonly critical?: Maybe<number>
    readonly urgent?: Maybe<number>
    readonly high?: Maybe<Patience>
  }>
  readonly drill?: Maybe<'off' | WeeklyTime>
  readonly digest?: Maybe<WeeklyTime>
  readonly email?: Maybe<WrittenEmail>
  readonly sms?: Maybe<WrittenSms>
  readonly 'push-contact'?: Maybe<string>
  readonly 'private-hosts'?: Maybe<readonly string[]>
  readonly 'ca-file'?: Maybe<string>
}
