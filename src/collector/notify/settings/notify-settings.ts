import type { Zone } from '#rules/zone.ts'
import type { Severity } from '#safeguarding/severity.ts'

/** What somebody is at the school or the trust. */
export const ROLES = ['dsl', 'deputy', 'head', 'trust', 'chair', 'it'] as const
export type Role = (typeof ROLES)[number]

export const CHANNELS = ['email', 'sms', 'push', 'webhook'] as const
export type Channel = (typeof CHANNELS)[number]

/** Where somebody is reached. `id` follows from the address and tells nothing of it; it stays the same when the file is read again. */
export type Place = { readonly id: string } & (
  | { readonly channel: 'email'; readonly address: string }
  /** In international form, `+447700900123`. */
  | { readonly channel: 'sms'; readonly number: string }
  /** A browser's subscription (RFC 8030); keys in base64url (RFC 8291). */
  | {
      readonly channel: 'push'
      readonly endpoint: string
      readonly p256dh: string
      readonly auth: string
    }
  | { readonly channel: 'webhook'; readonly url: string; readonly secret: Uint8Array }
)

export interface Person {
  readonly id: string
  /** Only for lists that people of the school read; never in a message. */
  readonly name: string
  readonly roles: readonly Role[]
  readonly places: readonly Place[]
}

/** Minutes after midnight on the school's clocks. */
export interface DayTimes {
  readonly from: number
  /** Not after `from`: the next day. School hours never are. */
  readonly to: number
}

/** Days as numbers since 1 January 1970, both included. */
export interface DayRange {
  readonly from: number
  readonly to: number
}

/** Somebody who has said that he looks at messages outside school hours. */
export interface RotaEntry {
  readonly person: string
  /** Seven, Monday first: the days on which the times begin. */
  readonly weekdays: readonly boolean[]
  readonly times: DayTimes
  /** Absent: always. */
  readonly dates?: DayRange
}

/** How long the one who was told has before the next one is; `day`: until shortly before that school day's end. */
export type Patience = number | 'day'

export interface WeeklyTime {
  /** 0 for Monday. */
  readonly weekday: number
  readonly minute: number
}

export interface EmailSender {
  readonly host: string
  readonly port: number
  /** `none` only for a server on this machine or in a named private network. */
  readonly security: 'tls' | 'starttls' | 'none'
  readonly from: string
  readonly login?: { readonly user: string; readonly password: string }
}

/** GOV.UK Notify; the template has one field, `((message))`. */
export interface GovNotifySender {
  readonly kind: 'gov-notify'
  readonly baseUrl: string
  /** UUIDs out of the key that Notify gave. */
  readonly service: string
  readonly secret: string
  readonly template: string
}

/** Any gateway that takes a POST; `{to}`, `{text}` and `{id}` in values are replaced. */
export interface GatewaySender {
  readonly kind: 'gateway'
  readonly url: string
  readonly format: 'json' | 'form'
  readonly fields: Readonly<Record<string, string>>
  /** Sent as `Authorization: Bearer`. */
  readonly token?: string
}

export interface Senders {
  readonly email?: EmailSender
  readonly sms?: GovNotifySender | GatewaySender
  /** A `mailto:` or `https:` address by which a push service reaches whoever runs this (RFC 8292). */
  readonly pushContact: string
  /** Hosts that may have addresses which are not on the internet. */
  readonly privateHosts: readonly string[]
  /** Certificates of one's own authorities in PEM, besides the usual ones. */
  readonly ca: readonly string[]
}

/** Who is told, when and how: the file of the people, checked and complete. */
export interface NotifySettings {
  /** Without a slash at the end; the beginning of every link. */
  readonly consoleUrl: string
  readonly zone: Zone
  /** Seven, Monday first; undefined: closed. */
  readonly schoolHours: readonly (DayTimes | undefined)[]
  readonly holidays: readonly DayRange[]
  readonly people: readonly Person[]
  readonly rota: readonly RotaEntry[]
  readonly patience: Readonly<Record<Extract<Severity, 'critical' | 'urgent' | 'high'>, Patience>>
  /** Undefined: no drill. */
  readonly drill: WeeklyTime | undefined
  readonly digest: WeeklyTime
  readonly senders: Senders
}
