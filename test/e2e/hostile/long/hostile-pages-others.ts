/** As `hostile-pages.ts`, for those who do not look after children: a chair, a governor, school IT, an auditor. */
import t from 'tap'
import { ROLES } from '#collector/accounts/role.ts'
import { browserMissing } from '#test/support/browser.ts'
import { LEADING, walkRoles } from '../walk-roles.ts'

const OTHERS = ROLES.filter((role) => !LEADING.includes(role))

t.test('every page full of hostile texts', { skip: browserMissing, timeout: 175_000 }, (t) =>
  walkRoles(t, OTHERS, 40),
)
