import type { AskOutcome, Audience, Family } from '../page-facts.ts'

type ByAudience = Readonly<Record<Audience, string>>

/** A service that helps, and how it is reached. */
export interface Helpline {
  readonly name: string
  readonly who: string
  readonly how: string
  /** `tel:` or `sms:`. */
  readonly link: string
  readonly site: { readonly href: string; readonly text: string }
}

/** Every word of the page in one language. Another language is another file of this shape. */
export interface Wording {
  /** BCP 47. */
  readonly lang: string
  readonly skip: string
  readonly footer: string
  /** January first. */
  readonly months: readonly string[]
  readonly blocked: {
    readonly heading: ByAudience
    readonly askedFor: string
    readonly why: string
    readonly families: Readonly<Record<Family, ByAudience>>
    readonly category: string
    readonly list: string
    readonly time: string
    readonly whom: ByAudience
    readonly noContact: ByAudience
  }
  readonly ask: {
    readonly heading: ByAudience
    readonly why: ByAudience
    readonly hint: ByAudience
    readonly lesson: string
    readonly lessonHint: string
    readonly minutes: string
    readonly minutesHint: string
    readonly send: string
    readonly problem: string
    readonly whyMissing: ByAudience
    readonly tooLong: string
    readonly minutesWrong: string
    readonly outOfDate: string
    readonly tooOften: string
    readonly outcomes: Readonly<Record<AskOutcome['kind'], { heading: string; text: string }>>
    readonly asked: string
    readonly reference: string
    readonly keep: string
    readonly waits: string
    readonly answered: string
  }
  readonly care: {
    readonly title: string
    readonly heading: string
    readonly lead: string
    readonly helplines: readonly Helpline[]
    readonly adult: ByAudience
    readonly emergency: string
    readonly notHere: string
  }
  readonly locked: { readonly heading: string; readonly text: readonly string[] }
  readonly open: { readonly heading: string; readonly text: ByAudience }
  readonly unreachable: { readonly heading: string; readonly text: ByAudience }
  readonly noName: { readonly heading: string; readonly text: ByAudience }
  readonly stranger: { readonly heading: string; readonly text: string }
}
