/** From the link of a message to a closed alert, as each role that has alerts: by keyboard alone, on a phone and on a desktop, without script. */
import t from 'tap'
import { browserMissing } from '../support/browser.ts'
import { fromMailToClosed } from './role-flows/from-mail-to-closed.ts'
import { WAYS } from './role-flows/sitting.ts'

t.test(
  'from a message to a closed alert, without script',
  { skip: browserMissing, timeout: 175_000 },
  (t) =>
    fromMailToClosed(
      t,
      WAYS.filter(({ hasScript }) => !hasScript),
    ),
)
