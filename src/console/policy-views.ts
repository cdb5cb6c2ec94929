import type { ShownTime } from './present/plain-time.ts'

/** A name that is allowed or denied, in words. */
export interface RuleItem {
  readonly name: string
  /** As people write it, where that is not how DNS does. */
  readonly spelled: string
  readonly isAllow: boolean
  readonly groups: string
  readonly reason: string
  readonly who: string
  /** "until ..." or "no end". */
  readonly until: string
  /** Where it is taken out; undefined for whom that is not. */
  readonly removeHref: string | undefined
}

/** One field of a form: what was written, and what is wrong with it. */
export interface FieldView {
  readonly value: string
  /** Empty where nothing is. */
  readonly problem: string
}

export interface RuleFormView {
  readonly name: FieldView
  readonly action: FieldView
  readonly reason: FieldView
  readonly until: FieldView
  readonly groups: {
    readonly items: readonly {
      readonly value: string
      readonly text: string
      readonly checked: boolean
    }[]
    readonly problem: string
  }
}

/** What one box makes of the policy, in words. */
export interface BoxState {
  readonly name: string
  readonly text: string
  readonly problems: readonly string[]
  readonly isWell: boolean
}

/** What a draft would have changed, box by box. */
export interface PreviewView {
  readonly boxes: readonly {
    readonly name: string
    /** Why there are no numbers, or what they are of. */
    readonly text: string
    readonly changes: readonly { readonly group: string; readonly lookups: string }[]
  }[]
}

export interface PolicyView {
  readonly view: 'policy'
  readonly boxes: readonly BoxState[]
  readonly rules: readonly RuleItem[]
  readonly form: RuleFormView
  /** Whether whoever looks may set rules, or else propose them. */
  readonly maySet: boolean
  readonly mayPropose: boolean
  readonly preview: PreviewView | undefined
  /** What is wrong with the last form, each with where it stands. */
  readonly problems: readonly { readonly text: string; readonly href: string }[]
  readonly proposals: readonly {
    readonly rule: RuleItem
    readonly at: ShownTime
    readonly acceptHref: string
    readonly declineHref: string
  }[]
  readonly versions: readonly {
    readonly version: number
    readonly at: ShownTime
    readonly who: string
    readonly why: string
    readonly changes: readonly string[]
    /** Undefined for the one in force. */
    readonly revertHref: string | undefined
  }[]
}

export interface WhyView {
  readonly view: 'why'
  readonly name: FieldView
  readonly client: FieldView
  readonly at: FieldView
  readonly groups: readonly {
    readonly value: string
    readonly text: string
    readonly selected: boolean
  }[]
  readonly boxes: readonly {
    readonly value: string
    readonly text: string
    readonly selected: boolean
  }[]
  readonly problems: readonly { readonly text: string; readonly href: string }[]
  /** Why there is no answer; empty where there is one, or nothing was asked. */
  readonly fault: string
  readonly answer:
    | {
        readonly heading: string
        /** The reason for people; empty where only the box's own words are known. */
        readonly words: string
        readonly reason: string
        readonly facts: readonly { readonly key: string; readonly value: string }[]
        readonly steps: readonly { readonly title: string; readonly say: string }[]
      }
    | undefined
}

export interface RequestsView {
  readonly view: 'requests'
  readonly maySet: boolean
  readonly problem: { readonly text: string; readonly href: string } | undefined
  readonly requests: readonly {
    readonly reference: string
    readonly box: string
    readonly appliance: string
    readonly name: string
    readonly facts: readonly { readonly key: string; readonly value: string }[]
    readonly why: string
    readonly age: string
    readonly isOld: boolean
    /** Why it cannot be granted; empty where it can. */
    readonly never: string
    /** Of each field, and of none; empty where there is none. */
    readonly problems: { readonly length: string; readonly answer: string; readonly all: string }
    readonly answer: string
    readonly lengths: readonly {
      readonly value: string
      readonly text: string
      readonly selected: boolean
    }[]
  }[]
}
