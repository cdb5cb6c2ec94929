import { z } from 'zod'
import type { WhyView } from '#console/policy-views.ts'
import { editableText, plainText } from '#console/present/plain-text.ts'
import { verdictWords } from '#console/present/verdict-words.ts'
import { fill } from '#console/words/fill.ts'
import { why as words } from '#console/words/why.ts'
import type { WhyAsked, WhyTold } from '#domain/console-rules.ts'
import type { Enrolment } from '#domain/ingest.ts'
import { categoryOf } from '#rules/categories.ts'
import { parseDomainName } from '#rules/domain-name.ts'
import { isRuleFailure } from '#rules/rule-failure.ts'
import { choices, groupText } from './filter-choices.ts'
import { findDevice } from './find-device.ts'
import { boxesOf, type PageContext } from './page-context.ts'
import { knownGroups } from './policy-page.ts'

/** Whoever asks waits so long; an upstream may be asked on the way. */
const ASK_MS = 10_000
const SAY_MAX = 2000
/** As `sayVerdict` of the agent writes them. */
const CATEGORY = /, category ([a-z._]+)/
const LIST = /, list ([^;,)]+)/

const text = z.string().max(300).catch('')
const schema = z
  .object({ name: text, client: text, group: text, at: text, box: text })
  .catch({ name: '', client: '', group: '', at: '', box: '' })
type Given = z.infer<typeof schema>
type Problems = Partial<Record<'name' | 'client' | 'at', string>>

/** Stages in the words of whoever never read the source. */
const STEPS: Readonly<Record<string, string>> = words.stages
const VERDICTS: Readonly<Record<string, string>> = words.verdicts

/** Why a name is blocked, or not, for whom and when: a box walks through it as it would for a device. */
export async function whyPage(context: PageContext, query: unknown): Promise<WhyView> {
  const given = schema.parse(query)
  const boxes = boxesOf(context)
  const box = boxes.find(({ appliance }) => appliance === given.box) ?? boxes[0]
  const asked = await readAsked(context, box, given)
  const blank: WhyView = {
    view: 'why',
    name: fieldOf(given, asked.problems, 'name'),
    client: fieldOf(given, asked.problems, 'client'),
    at: fieldOf(given, asked.problems, 'at'),
    groups: choices(knownGroups(context), given.group, groupText).map((one, index) =>
      index === 0 ? { ...one, text: words.groupOfDevice } : one,
    ),
    boxes:
      boxes.length < 2
        ? []
        : boxes.map(({ appliance, name }) => ({
            value: appliance,
            text: plainText(name, 80),
            selected: appliance === box?.appliance,
          })),
    problems: Object.entries(asked.problems).map(([field, one]) => ({
      text: one,
      href: `#why-${field}`,
    })),
    fault: '',
    answer: undefined,
  }
  if (asked.question === undefined) return blank
  if (box === undefined) return { ...blank, fault: words.faults.noBox }
  const { line } = context.policy
  const answer = await line.ask(box.appliance, { kind: 'why', asked: asked.question }, ASK_MS)
  if (answer === 'away') return { ...blank, fault: words.faults.away }
  if (answer.kind === 'explained')
    return { ...blank, answer: answerView(answer.why, given.client.trim()) }
  const detail = answer.kind === 'failed' ? answer.detail : words.faults.otherAnswer
  return { ...blank, fault: fill(words.faults.cannotSay, { why: plainText(detail, 300) }) }
}

function fieldOf(given: Given, problems: Problems, name: keyof Problems) {
  return { value: editableText(given[name]), problem: problems[name] ?? '' }
}

async function readAsked(
  context: PageContext,
  box: Enrolment | undefined,
  given: Given,
): Promise<{ readonly question: WhyAsked | undefined; readonly problems: Problems }> {
  const [name, client, at] = [given.name.trim(), given.client.trim(), given.at.trim()]
  if (name === '') return { question: undefined, problems: {} }
  const parsed = parseDomainName(name.toLowerCase())
  const device = client === '' || !box ? undefined : await findDevice(context, box, client)
  const problems: Problems = {
    ...(isRuleFailure(parsed) && {
      name: fill(words.problems.name, { name: plainText(name, 60), why: parsed.detail }),
    }),
    ...(device && 'problem' in device && { client: device.problem }),
    ...(at !== '' &&
      !/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(at) && {
        at: fill(words.problems.at, { at: plainText(at, 60) }),
      }),
  }
  if (isRuleFailure(parsed) || Object.keys(problems).length > 0)
    return { question: undefined, problems }
  const who =
    device && 'address' in device
      ? { client: device.address }
      : { ...(given.group !== '' && { group: given.group }) }
  return { question: { name: parsed, type: 'A', ...who, ...(at !== '' && { at }) }, problems }
}

function answerView(told: WhyTold, client: string): WhyView['answer'] {
  const { name, group, time, stages, verdict, reason } = told
  const whom = fill(words.facts.group, { group: groupText(group) })
  const device = plainText(client, 100)
  return {
    heading: fill(words.verdictFor, {
      name: plainText(name),
      verdict: VERDICTS[verdict] ?? plainText(verdict, 60),
      whom,
    }),
    words: verdictWords(reason),
    reason: plainText(reason, SAY_MAX),
    facts: [
      {
        key: words.facts.forWhom,
        value: client === '' ? whom : fill(words.facts.device, { device, whom }),
      },
      { key: words.facts.at, value: plainText(time, 100) },
      ...listedAs(reason),
    ],
    steps: stages.map(({ stage, say }) => ({
      title: STEPS[stage] ?? plainText(stage, 60),
      say: plainText(say, SAY_MAX),
    })),
  }
}

/** Category and list, as a box names them in its reason. */
function listedAs(reason: string): readonly { readonly key: string; readonly value: string }[] {
  const category = categoryOf(CATEGORY.exec(reason)?.[1] ?? '')
  const list = LIST.exec(reason)?.[1]
  return [
    ...(category === undefined ? [] : [{ key: words.facts.category, value: category.title }]),
    ...(list === undefined ? [] : [{ key: words.facts.list, value: plainText(list, 80) }]),
  ]
}
