/**
 * Subjects of the curriculum that look bad to a filter. safeguarding.md section 7.3 names them as caveats: history and politics
 * homework beside extremism, RE, PSHE and news beside suicide, curriculum beside drugs and weapons.
 */
import type { CategoryId } from '#rules/category-ids.ts'

export interface Topic {
  readonly id: string
  readonly title: string
  /** The category that some of its sources are listed in. */
  readonly category: CategoryId
  /** Years that are taught it. */
  readonly years: readonly number[]
  /** How many of the class go to a listed source on purpose in one lesson. */
  readonly goesToListed: number
}

export const TOPICS: readonly Topic[] = [
  {
    id: 'history-of-extremism',
    title: 'History: the rise of fascism',
    category: 'hate.extremism',
    years: [9, 11, 12],
    goesToListed: 0.12,
  },
  {
    id: 'drugs-education',
    title: 'PSHE: drugs and their effects',
    category: 'crime.drugs',
    years: [8, 10],
    goesToListed: 0.3,
  },
  {
    id: 'religious-studies',
    title: 'RE: faith and conflict',
    category: 'hate.speech',
    years: [8, 9, 10],
    goesToListed: 0.1,
  },
  {
    id: 'mental-health-lesson',
    title: 'PSHE: mental health and wellbeing',
    category: 'harm.selfharm',
    years: [9, 10],
    goesToListed: 0.06,
  },
  {
    id: 'probability-and-betting',
    title: 'Mathematics: why the house wins',
    category: 'commerce.gambling',
    years: [9, 11],
    goesToListed: 0.3,
  },
  {
    id: 'knife-crime-assembly',
    title: 'PSHE: knife crime',
    category: 'crime.weapons',
    years: [7, 9],
    goesToListed: 0.1,
  },
  {
    id: 'body-image-lesson',
    title: 'PSHE: body image and social media',
    category: 'harm.ed',
    years: [8, 9],
    goesToListed: 0.05,
  },
]
