/**
 * Every field of every form, and every route that takes one, with every hostile text: it is refused in words that quote it safely, or taken, and
 * nowhere is it anything but text. A route or a field that is added is in here by itself.
 */
import t from 'tap'
import { ROUTE_ACCESS } from '#collector/http/route-access.ts'
import { browserMissing, launchBrowser } from '#test/support/browser.ts'
import { liveThrough } from '../alert-life.ts'
import { plainAnswers, send, withinTable } from '../forms.ts'
import { alertsOf } from '../pour.ts'
import { type OwnForm, readForms } from '../read-forms.ts'
import { type HostileSchool, hostileSchool } from '../school.ts'
import { faultsOfHtml, TEXTS } from '../texts.ts'

/** Routes of people that change something. */
const ROUTES = Object.keys(ROUTE_ACCESS).filter(
  (route) => route.startsWith('POST ') && !route.includes(' /v1/'),
)
const IS_ALERT = /^POST \/alerts\/:id\//
/** What a form may be answered with: done, shown again, refused; never that the console failed. */
const IS_ANSWERED = (status: number): boolean => (status >= 200 && status < 500) || status === 503
/** The others are choices, dates, secrets. */
const TOOK_MIN = 40
const PASSWORDS_EACH = 6
const CHOSEN: ReadonlySet<string> = new Set(['select-one', 'radio', 'checkbox', 'date', 'time'])
const CHOICES_EACH = 3
/** Of forms that a page's script sends. */
const SCRIPTED = [
  'response',
  'passkey',
  'label',
  'endpoint',
  'p256dh',
  'auth',
  '__proto__',
  'constructor',
]
/** Taken or refused by name, for the end. */
interface Field {
  readonly taken: number
  readonly refused: number
}

t.test(
  'every field with every hostile text',
  { skip: browserMissing, timeout: 175_000 },
  async (t) => {
    const school = await hostileSchool(t, 'few')
    const browser = await launchBrowser()
    t.teardown(() => browser.close())
    const page = await browser.newPage()
    const asked = new Set<string>()
    const names = new Set<string>()
    const fields = new Map<string, Field>()
    const faults: string[] = []
    const note = async (what: string, text: string, answer: Response): Promise<void> => {
      const { status, headers } = answer
      const html = await answer.text()
      const { taken, refused } = fields.get(what) ?? { taken: 0, refused: 0 }
      const isTaken = status < 400
      fields.set(what, { taken: taken + Number(isTaken), refused: refused + Number(!isTaken) })
      const all = [
        ...(IS_ANSWERED(status) ? [] : [`answered ${status}`]),
        ...(headers.has('content-security-policy') ? [] : ['without a policy']),
        ...(isTaken || html !== '' ? [] : ['refused without a word']),
        ...faultsOfHtml(html, text),
      ]
      for (const one of all) faults.push(`${what} ${JSON.stringify(text.slice(0, 60))}: ${one}`)
    }

    await t.test('wherever somebody writes of an alert', async (t) => {
      const alerts = await alertsOf(school)
      t.ok(alerts.length >= 20, `${alerts.length} alerts`)
      for (const [index, text] of TEXTS.entries()) {
        const [alert = '', other = ''] = [alerts[index % alerts.length], alerts.at(-1)]
        for (const step of await liveThrough(school.collector, school.desk, {
          alert,
          other,
          text,
        })) {
          asked.add(step.route)
          const { status, html } = step
          await note(
            step.route,
            text,
            new Response(html, { status, headers: { 'content-security-policy': 'seen' } }),
          )
        }
      }
      t.same(faults.splice(0), [])
    })

    for (const round of ['what there is', 'what came of it'])
      await t.test(`forms of pages: ${round}`, async (t) => {
        const forms = await readForms(
          page,
          school,
          (route) => asked.has(route) || IS_ALERT.test(route) || route.startsWith('GET '),
        )
        for (const [route, all] of forms) {
          asked.add(route)
          const own = new Set(all.flatMap((form) => form.fields.map((one) => one.name)))
          for (const name of own) names.add(name)
          for (const name of own.size === 0 ? [''] : own)
            await fillIn(school, all, name, (text, answer) =>
              note(`${route} ${name}`, text, answer),
            )
        }
        t.same(faults.splice(0), [])
      })
    await t.test('every other route, with fields of every name at once', async (t) => {
      // Whoever signs out is asked last.
      const rest = ROUTES.filter((route) => !asked.has(route)).toSorted((a) =>
        Number(a === 'POST /sign-out'),
      )
      for (const route of rest)
        for (const text of TEXTS) {
          const action = (route.split(' ')[1] ?? '')
            .replace(':theme', 'suicide')
            .replace(':id', 'one')
            .replace(':token', 'none')
          const fields = Object.fromEntries(
            [...names, ...SCRIPTED].map((name) => [name, text.slice(0, 60)]),
          )
          const form = { route, action, isMultipart: false }
          asked.add(route)
          await note(
            route,
            text,
            await send(school.collector.consoleUrl, form, fields, school.desk),
          )
        }
      t.same(faults.splice(0), [])
      t.same(
        ROUTES.filter((route) => !asked.has(route)),
        [],
        'no route is left out',
      )
    })
    const took = [...fields].filter(([, { taken }]) => taken > 0)
    t.ok(took.length >= TOOK_MIN, `${took.length} of ${fields.size} fields took some text`)
  },
)

/** One field with each text in turn, the others as somebody fills them in who means no harm. */
async function fillIn(
  { collector: { consoleUrl } }: HostileSchool,
  forms: readonly OwnForm[],
  name: string,
  note: (text: string, answer: Response) => Promise<void>,
): Promise<void> {
  for (const [index, text] of TEXTS.entries()) {
    const form = forms[index % forms.length]
    if (form === undefined) return
    const { type } = form.fields.find((one) => one.name === name) ?? { type: '' }
    // Each is hashed, which takes long on purpose.
    if (type === 'password' && index % PASSWORDS_EACH > 0) continue
    // What is not one of the choices is refused, whatever it is.
    if (CHOSEN.has(type) && index % CHOICES_EACH > 0) continue
    const plain = plainAnswers(form)
    for (const given of [text, withinTable(name, text)])
      if (given !== undefined)
        await note(text, await send(consoleUrl, form, { ...plain, [name]: given }, form.cookie))
  }
}
