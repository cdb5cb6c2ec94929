/** Fills a console by its own forms with every hostile text that they take. */
import type { Page } from 'playwright-core'
import { liveThrough } from './alert-life.ts'
import { plainAnswers, send, withinTable } from './forms.ts'
import { readForms } from './read-forms.ts'
import type { HostileSchool } from './school.ts'
import { TEXTS } from './texts.ts'

/** What somebody writes, in contrast to what is chosen. */
const WRITTEN: ReadonlySet<string> = new Set(['text', 'textarea', 'search'])
/** What must be as it is for anything to be kept. */
const EXACT: ReadonlySet<string> = new Set(['code', 'current', 'minutes', 'username'])
const ROUNDS = 2
/** Between them they have every form in which much is written. */
const WRITERS = ['dsl', 'it'] as const
const IS_ALERT = /^POST \/alerts\/:id\//
/** Steps of an alert's life of which every other one is left there. */
const HALF_WAY = 9

/** Ids of alerts that somebody of the desk finds. */
export async function alertsOf({ collector, desk }: HostileSchool): Promise<readonly string[]> {
  const found = new Set<string>()
  for (const page of [1, 2, 3]) {
    const html = await (await collector.page(`/alerts?state=all&page=${page}`, desk)).text()
    for (const [, id = ''] of html.matchAll(/"\/alerts\/([0-9a-f-]{36})"/g)) found.add(id)
  }
  return [...found]
}

/** Answers how often something was taken, by route. */
export async function pour(
  page: Page,
  school: HostileSchool,
  texts: readonly string[] = TEXTS,
): Promise<ReadonlyMap<string, number>> {
  const { collector, desk } = school
  const taken = new Map<string, number>()
  const note = (route: string, status: number): void => {
    if (status < 400) taken.set(route, (taken.get(route) ?? 0) + 1)
  }
  const alerts = await alertsOf(school)
  for (const [index, text] of texts.entries()) {
    const [alert = '', other = ''] = [alerts[index % alerts.length], alerts.at(-1)]
    const steps = index % 2 === 0 ? HALF_WAY : undefined
    for (const step of await liveThrough(collector, desk, { alert, other, text, steps }))
      note(step.route, step.status)
  }
  const done = new Set<string>()
  // What there is, and then what came of it.
  for (let round = 0; round < ROUNDS; round++) {
    const forms = await readForms(
      page,
      school,
      (route) => done.has(route) || IS_ALERT.test(route) || route.startsWith('GET '),
      WRITERS,
    )
    for (const [route, all] of forms) {
      done.add(route)
      // What ends or takes away is not what is to be seen afterwards.
      if (/\/(?:remove|end|revert|decline|accept|link)$/.test(route)) continue
      const isWritten = all.some(({ fields }) => fields.some(({ type }) => WRITTEN.has(type)))
      for (const [index, text] of isWritten ? texts.entries() : []) {
        const form = all[index % all.length]
        if (form === undefined) continue
        const written = form.fields.filter(
          ({ name, type }) => WRITTEN.has(type) && !EXACT.has(name),
        )
        const own = written.map(({ name }) => [name, withinTable(name, text) ?? text] as const)
        const plain = plainAnswers(form)
        const kept = ['POST /policy/rules', 'POST /policy/propose', 'POST /policy/releases']
        const names = kept.includes(route) ? { name: plain['name'] ?? '' } : {}
        const fields = { ...plain, ...Object.fromEntries(own), ...names }
        const answer = await send(collector.consoleUrl, form, fields, form.cookie)
        await answer.arrayBuffer()
        note(route, answer.status)
      }
    }
  }
  return taken
}
