/** A document before it is set: text only, of which none is markup. What made it up cares for hostile text; letters that no font has are spelled when it is set. */

interface FactLine {
  readonly key: string
  readonly value: string
}

export type DocumentBlock =
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string; readonly tone?: 'quiet' | 'notice' }
  | { readonly kind: 'facts'; readonly facts: readonly FactLine[] }
  | {
      readonly kind: 'list'
      readonly items: readonly string[]
      /** Of a few words each: they stand side by side. */
      readonly isShort?: true
    }
  /** The first column heads its row; empty tables say so in words. */
  | {
      readonly kind: 'table'
      readonly caption: string
      readonly heads: readonly string[]
      readonly rows: readonly (readonly string[])[]
      readonly ifEmpty: string
      /** Of sentences, not of numbers. */
      readonly isProse?: true
    }
  /** Lines to be written on by hand. */
  | { readonly kind: 'lines'; readonly labels: readonly string[] }

export interface DocumentPlan {
  /** Whose it is, above the title; empty where nobody said. */
  readonly school: string
  readonly title: string
  readonly subtitle: string
  /** Stands at the foot of every page. */
  readonly footer: string
  /** In milliseconds since the epoch. */
  readonly madeAt: number
  readonly blocks: readonly DocumentBlock[]
}
