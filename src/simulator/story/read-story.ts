import { fromIssue, onePerPlace } from '#agent/policy/from-issue.ts'
import { type ConfigProblems, configProblems, wholeFileProblem } from '#agent/policy/problem.ts'
import { parseYamlFile } from '#agent/policy/yaml-file.ts'
import { defaultGroupOf } from './cast.ts'
import { checkStory, peopleOf } from './check-story.ts'
import type { Story } from './story.ts'
import { STORY_LIMITS, type StorySection, storySchema } from './story-schema.ts'

const EVERY_DEFAULT_MS = 60_000
const APART_DEFAULT_MS = 120_000

/** Reads the text of a story file; all problems are told at once, each with its line, what stands there and what could. Never throws. */
export function readStory(text: string, fileName: string): Story | ConfigProblems {
  if (Buffer.byteLength(text) > STORY_LIMITS.fileBytes)
    return wholeFileProblem(fileName, 'a larger file', `at most ${STORY_LIMITS.fileBytes} bytes`)
  const yaml = parseYamlFile(text)
  if (!('locate' in yaml)) return configProblems(fileName, yaml)
  const read = storySchema.safeParse(yaml.value)
  const complaints = read.success
    ? checkStory(read.data)
    : read.error.issues.flatMap((issue) => fromIssue(issue, []))
  if (!read.success || complaints.length > 0)
    return configProblems(fileName, onePerPlace(complaints).map(yaml.locate))
  return storyOf(read.data)
}

function storyOf(section: StorySection): Story {
  const timesOf = new Map(section.steps.map(({ id, times = 1 }) => [id, times]))
  return {
    id: section.story,
    title: section.title,
    cast: new Map(
      Object.entries(section.cast).map(([name, member]) => {
        const { device, year, count = 1 } = member
        const group = member.group ?? defaultGroupOf(device, year)
        return [name, { device, group, year, count, isHead: member['is-head'] ?? false }]
      }),
    ),
    sites: new Map(
      Object.entries(section.sites ?? {}).map(([name, site]) => [name, site?.category]),
    ),
    steps: section.steps.map((step) => ({
      id: step.id,
      atMs: step.at,
      who: peopleOf(step),
      does: step.does,
      site: step.site,
      times: step.times ?? 1,
      everyMs: step.every ?? EVERY_DEFAULT_MS,
      apartMs: step.apart ?? APART_DEFAULT_MS,
    })),
    snoozes: (section.snoozes ?? []).map(({ theme, group, from, to, reason }) => {
      return { theme, group, fromMs: from, toMs: to, reason }
    }),
    expect: section.expect.map((one) => {
      const { step, time } = one['decided-by']
      const { theme, about, who, severity, told } = one
      const decidedBy = { step, time: time ?? timesOf.get(step) ?? 1 }
      return { theme, about, who, severity, told, decidedBy }
    }),
    elseAtMost: section['else-at-most'] ?? 'low',
  }
}
