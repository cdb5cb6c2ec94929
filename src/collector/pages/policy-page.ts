import type { BoxState, PolicyView, PreviewView, RuleFormView } from '#console/policy-views.ts'
import { editableText, plainText } from '#console/present/plain-text.ts'
import { plural } from '#console/present/plain-time.ts'
import type { Wording } from '#console/present/wording.ts'
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
  const runs = box === undefined || box.version === 0 ? 'no version' : `version ${box.version}`
  const say = (isWell: boolean, words: string): BoxState => ({
    name,
    text: words,
    problems: [],
    isWell,
  })
  if (current === undefined) return say(true, 'goes by its own file: nothing is set here yet')
  if (box === undefined) return say(false, 'has not asked for the policy yet')
  if (box.inForce === current.id) return say(true, `runs ${runs}, the newest`)
  if (box.refused === current.id)
    return {
      ...say(
        false,
        `refused version ${current.version} and goes on with ${runs}. Take out or change:`,
      ),
      problems: box.problems.map((one) => plainText(one, PROBLEM_MAX)),
    }
  return policy.line.isPresent(appliance)
    ? say(true, `runs ${runs}; version ${current.version} is on its way`)
    : say(false, `is away and runs ${runs}; it takes version ${current.version} when it is back`)
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
  return {
    boxes: preview.map(({ appliance, told }) => {
      const name = plainText(boxName(appliance), 80)
      if (told === 'away')
        return { name, text: 'Box away: a preview is not available.', changes: [] }
      if (isFailure(told))
        return { name, text: `No preview: ${plainText(told.detail, PROBLEM_MAX)}.`, changes: [] }
      const changes = told.changes.map(({ group, lookups }) => ({
        group: groupText(group),
        lookups: plural(lookups, 'look-up'),
      }))
      const part = told.isWhole ? '' : ' (only a part of them was looked at)'
      const text =
        changes.length === 0
          ? `No look-up of the last ${told.days} days would have gone otherwise${part}.`
          : `Look-ups of the last ${told.days} days that would have gone otherwise${part}:`
      return { name, text, changes }
    }),
  }
}

function versionRows(
  versions: readonly PolicyVersion[],
  maySet: boolean,
  wording: Wording,
): PolicyView['versions'] {
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
        ...added.map((rule) => `Added: ${ruleLine(rule, wording)}`),
        ...removed.map((rule) => `Taken out: ${ruleLine(rule, wording)}`),
        ...versionChanges(before?.timetable, timetable),
      ],
      revertHref: maySet && index > 0 ? `/policy/versions/${version}/revert` : undefined,
    }
  })
}
