import type { BoxState, PolicyView, PreviewView, RuleFormView } from '#console/policy-views.ts'
import { editableText, plainText } from '#console/present/plain-text.ts'
import type { Wording } from '#console/present/wording.ts'
import { countOf } from '#console/words/count-of.ts'
import { fill } from '#console/words/fill.ts'
import { policy as words } from '#console/words/policy.ts'
import { isFailure } from '#domain/failure.ts'
import type { Enrolment } from '#domain/ingest.ts'
import { isLead } from '../accounts/scope.ts'
import type { Viewer } from '../accounts/viewer.ts'
import type { Preview } from '../policy/policy-desk.ts'
import { differenceOf, type PolicyVersion } from '../policy/policy-versions.ts'
import type { RuleForm, RuleProblems } from '../policy/read-rule-form.ts'
import { groupText } from './filter-choices.ts'
import { boxesOf, type PageContext, wordingOf } from './page-context.ts'
import { ruleItem, ruleLine } from './policy-words.ts'
import { versionChanges } from './timetable-words.ts'

const VERSIONS_SHOWN_MAX = 30
const BOXES_SHOWN_MAX = 50
const PROBLEM_MAX = 600

/** What came of the last form, which stands there again. */
export interface PolicyGiven {
  readonly form?: RuleForm
  readonly problems?: RuleProblems
  /** Of no field. */
  readonly problem?: string
  readonly preview?: Preview
}

const EMPTY: RuleForm = { name: '', action: '', groups: [], reason: '', until: '' }

/** What the school allows and blocks beside its lists, what boxes make of it, and how it came to be. */
export function policyPage(
  context: PageContext,
  viewer: Viewer,
  { form = EMPTY, problems = {}, problem, preview }: PolicyGiven = {},
): PolicyView {
  const { policy } = context
  const boxes = boxesOf(context)
  const wording = wordingOf(context, boxes)
  const current = policy.versions.current()
  const maySet = maySetPolicy(viewer)
  const asFields = Object.entries(problems).map(([field, text]) => ({
    text: plainText(text, PROBLEM_MAX),
    href: `#rule-${field}`,
  }))
  return {
    view: 'policy',
    boxes: boxes.slice(0, BOXES_SHOWN_MAX).map((box) => boxState(context, box, current)),
    rules: (current?.rules ?? []).map((rule) =>
      ruleItem(
        rule,
        wording,
        maySet ? `/policy/rules/${encodeURIComponent(rule.id)}/remove` : undefined,
      ),
    ),
    form: formView(form, problems, knownGroups(context)),
    maySet,
    mayPropose: !maySet && isLead(viewer),
    preview: preview && previewView(preview, wording),
    problems:
      problem === undefined
        ? asFields
        : [...asFields, { text: plainText(problem, PROBLEM_MAX), href: '#main-content' }],
    proposals: policy.proposals.open().map(({ id, at, rule }) => ({
      rule: ruleItem(rule, wording, undefined),
      at: wording.time.at(at, wording.nowMs),
      acceptHref: `/policy/proposals/${encodeURIComponent(id)}/accept`,
      declineHref: `/policy/proposals/${encodeURIComponent(id)}/decline`,
    })),
    versions: versionRows(policy.versions.list(VERSIONS_SHOWN_MAX + 1), maySet, wording),
  }
}

/** Whether a viewer may change what is allowed and blocked. */
export function maySetPolicy({ rights }: Viewer): boolean {
  return rights.has('it') || rights.has('head')
}

/** The groups that some box knows. */
export function knownGroups(context: PageContext): readonly string[] {
  const known = context.policy.boxes.all()
  const groups = boxesOf(context).flatMap(({ appliance }) => known.get(appliance)?.groups ?? [])
  return [...new Set(groups)].toSorted()
}

function boxState(
  { policy }: PageContext,
  { appliance, name: text }: Enrolment,
  current: PolicyVersion | undefined,
): BoxState {
  const name = plainText(text, 80)
  const box = policy.boxes.all().get(appliance)
  const { states } = words
  const say = (isWell: boolean, said: string): BoxState => ({
    name,
    text: said,
    problems: [],
    isWell,
  })
  if (current === undefined) return say(true, states.ofFile)
  if (box === undefined) return say(false, states.notAsked)
  const runs = box.version === 0 ? states.noVersion : fill(states.version, { version: box.version })
  const values = { runs, version: current.version }
  if (box.inForce === current.id) return say(true, fill(states.newest, values))
  if (box.refused === current.id)
    return {
      ...say(false, fill(states.refused, values)),
      problems: box.problems.map((one) => plainText(one, PROBLEM_MAX)),
    }
  return policy.line.isPresent(appliance)
    ? say(true, fill(states.onItsWay, values))
    : say(false, fill(states.away, values))
}

function formView(form: RuleForm, problems: RuleProblems, groups: readonly string[]): RuleFormView {
  const field = (name: 'name' | 'action' | 'reason' | 'until') => ({
    value: editableText(form[name]),
    problem: plainText(problems[name] ?? '', PROBLEM_MAX),
  })
  return {
    name: field('name'),
    action: field('action'),
    reason: field('reason'),
    until: field('until'),
    groups: {
      items: groups.map((value) => ({
        value,
        text: groupText(value),
        checked: form.groups.includes(value),
      })),
      problem: problems.groups ?? '',
    },
  }
}

function previewView(preview: Preview, { boxName }: Wording): PreviewView {
  const { preview: said } = words
  return {
    boxes: preview.toSorted(awayLast).map(({ appliance, told }) => {
      const name = plainText(boxName(appliance), 80)
      if (told === 'away') return { name, text: said.away, changes: [] }
      if (isFailure(told)) {
        const text = fill(said.failed, { why: plainText(told.detail, PROBLEM_MAX) })
        return { name, text, changes: [] }
      }
      const changes = told.changes.map(({ group, lookups }) => ({
        group: groupText(group),
        lookups: countOf(lookups, said.lookups),
      }))
      const none = told.isWhole ? said.none : said.noneOfPart
      const some = told.isWhole ? said.some : said.someOfPart
      const text = fill(changes.length === 0 ? none : some, { days: told.days })
      return { name, text, changes }
    }),
  }
}

function awayLast(a: Preview[number], b: Preview[number]): number {
  return Number(a.told === 'away') - Number(b.told === 'away')
}

function versionRows(
  versions: readonly PolicyVersion[],
  maySet: boolean,
  wording: Wording,
): PolicyView['versions'] {
  const { history } = words
  return versions.slice(0, VERSIONS_SHOWN_MAX).map((one, index) => {
    const { version, at, who, why, rules, timetable } = one
    const before = versions[index + 1]
    const { added, removed } = differenceOf(before?.rules ?? [], rules)
    return {
      version,
      at: wording.time.at(at, wording.nowMs),
      who: plainText(who, 80),
      why: plainText(why, 250),
      changes: [
        ...added.map((rule) => fill(history.added, { rule: ruleLine(rule, wording) })),
        ...removed.map((rule) => fill(history.removed, { rule: ruleLine(rule, wording) })),
        ...versionChanges(before?.timetable, timetable),
      ],
      revertHref: maySet && index > 0 ? `/policy/versions/${version}/revert` : undefined,
    }
  })
}
