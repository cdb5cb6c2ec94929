import { ENGLISH } from './en.ts'
import type { Wording } from './wording.ts'

/** The languages that the page has words in, by their key in the configuration. */
export const LANGUAGES: Readonly<Record<PageLanguage, Wording>> = { en: ENGLISH }

export const PAGE_LANGUAGES = ['en'] as const
export type PageLanguage = (typeof PAGE_LANGUAGES)[number]
