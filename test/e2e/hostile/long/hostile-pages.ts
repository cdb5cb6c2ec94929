/**
 * A console full of hostile texts, from boxes and from people, in a real browser, as those see it who look after children: nothing runs, nothing is
 * asked of anybody else, nothing is wider than the page, and everything is text. The others are in `hostile-pages-others.ts`.
 */
import t from 'tap'
import { browserMissing } from '#test/support/browser.ts'
import { LEADING, walkRoles } from '../walk-roles.ts'

t.test('every page full of hostile texts', { skip: browserMissing, timeout: 175_000 }, (t) =>
  walkRoles(t, LEADING, 60),
)
