/**
 * All words that the console shows, a file for each page or part: to be read through by one who writes plain English, and to be put into
 * another language as a whole. Templates have them as `words`; what a page is told in code is imported from here.
 */
import { layout } from './layout.ts'
import { schoolSignIn } from './school-sign-in.ts'
import { signOff } from './sign-off.ts'

export interface Words {
  readonly layout: typeof layout
  readonly schoolSignIn: typeof schoolSignIn
  readonly signOff: typeof signOff
}

export const WORDS: Words = { layout, schoolSignIn, signOff }
