/**
 * All words that the console shows, a file for each page or part: to be read through by one who writes plain English, and to be put into
 * another language as a whole. Templates have them as `words`; what a page is told in code is imported from here.
 */
import { common } from './common.ts'
import { layout } from './layout.ts'

export interface Words {
  readonly common: typeof common
  readonly layout: typeof layout
}

export const WORDS: Words = { common, layout }
