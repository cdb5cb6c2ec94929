/** Whom a provider says that somebody is, and what went wrong there, with hostile texts in every claim and every part of the answer. */
import t from 'tap'
import { linkOf, makePerson, postRoles } from '#test/support/people.ts'
import { postForm } from '#test/support/post-form.ts'
import { arrive, begin, school } from '#test/support/provider-school.ts'
import { faultsOfHtml, TEXTS } from '../texts.ts'

const CLAIMS = ['sub', 'name', 'email', 'preferred_username', 'nickname', 'iss', 'aud', 'nonce']
const ANSWERS = ['code', 'state', 'iss', 'error', 'error_description', 'error_uri']
/** A query may be so long before the server refuses the address. */
const TEXT_MAX = 500

t.test('what a provider says', { timeout: 170_000 }, async (t) => {
  const here = await school(t)
  const { collector, provider, lead } = here
  const faults: string[] = []
  const note = async (what: string, answer: Response, text: string): Promise<string> => {
    const html = await answer.text()
    const { status, headers } = answer
    const to = headers.get('location') ?? ''
    if (status >= 500)
      faults.push(`${what} ${JSON.stringify(text.slice(0, 40))}: answered ${status}`)
    if (!/^(?:\/(?!\/)|$)/.test(to)) faults.push(`${what}: sends away to ${to}`)
    for (const one of faultsOfHtml(html, text))
      faults.push(`${what} ${JSON.stringify(text.slice(0, 40))}: ${one}`)
    return html
  }
  const back = async (
    path: string,
    cookie: string,
    told: { readonly claims?: object; readonly answer?: object },
  ): Promise<Response> => {
    const journey = await begin(collector, path, cookie)
    const who = { sub: 'somebody' }
    const address = provider.comeBack(journey.to, who, {
      claims: { ...told.claims },
      answer: { ...told.answer },
    })
    return arrive(address, { ...journey, cookie: `${journey.cookie}; ${cookie}` })
  }

  await t.test('in each claim, to somebody who links, signs in, or is invited', async (t) => {
    let asked = 0
    for (const claim of CLAIMS)
      for (const whole of TEXTS) {
        const text = whole.slice(0, TEXT_MAX)
        const claims = { [claim]: text }
        const linking = await note(
          `link ${claim}`,
          await back('/ways-in/provider', lead.cookie, { claims }),
          text,
        )
        if (/Link your sign-in/.test(linking)) asked += 1
        await note(`sign in ${claim}`, await back('/sign-in/provider', '', { claims }), text)
      }
    t.ok(asked > 100, `${asked} were asked whether it is them`)
    for (const [index, whole] of TEXTS.entries()) {
      const email = `guest-${index}@school.test`
      const name = whole.slice(0, 80)
      const invite = linkOf(
        await postRoles(collector, lead.cookie, { name, email, roles: ['governor'] }),
      )
      const claims = { email, preferred_username: whole, name: whole }
      await note('invite', await back(`${invite}/provider`, '', { claims }), whole)
      await note(
        'invite of another',
        await back(`${invite}/provider`, '', { claims: { ...claims, email: whole } }),
        whole,
      )
    }
    t.same(faults.splice(0), [])
  })

  await t.test('in each part of the answer, and a label that is kept', async (t) => {
    for (const part of ANSWERS)
      for (const whole of TEXTS) {
        const text = whole.slice(0, TEXT_MAX)
        const answer = part.startsWith('error')
          ? { code: undefined, error: 'access_denied', [part]: text }
          : { [part]: text }
        await note(`answer ${part}`, await back('/sign-in/provider', '', { answer }), text)
      }
    for (const [index, text] of TEXTS.entries()) {
      const person = await makePerson(collector, {
        roles: ['governor'],
        email: `linked-${index}@school.test`,
      })
      const came = await back('/ways-in/provider', person.cookie, {
        claims: { sub: `one-${index}`, email: text },
      })
      const journey = came.headers
        .getSetCookie()
        .map((one) => one.split(';', 1)[0])
        .join('; ')
      await note(
        'link it',
        await postForm(
          `${collector.consoleUrl}/ways-in/provider`,
          {},
          { cookie: `${person.cookie}; ${journey}` },
        ),
        text,
      )
      await note('ways in', await collector.page('/ways-in', person.cookie), text)
    }
    const audit = await note('audit', await collector.page('/audit', lead.cookie), '')
    t.match(audit, /Failed to sign in|sign-in/)
    t.same(faults.splice(0), [])
  })
})
