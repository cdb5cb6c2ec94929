import { isFailure } from '#domain/failure.ts'
import { type Command, type Invocation, STATE_OPTION } from './command.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { installLocked } from './locked-install.ts'
import { endorseKey, makeKeys, makeLocked } from './locked-make.ts'

type Action = (invocation: Invocation, argument: string) => ReturnType<typeof installLocked>

/** What can be done with locked bundles. Nothing here takes one away, looks into one or switches one off, nor could it. */
const ACTIONS: ReadonlyMap<string, Action> = new Map([
  ['install', installLocked],
  ['make', makeLocked],
  ['keys', makeKeys],
  ['endorse', endorseKey],
])

export const lockedCommand: Command = {
  usage: 'locked ACTION FILE [options]',
  about: `Bundles of names that the law locks, which hold no name in clear.
  install FILE   on a box: check a bundle and put it in force; there is no way to take it out again
  make FILE      for the publisher: seal names into a bundle
  keys DIR       for the publisher: make publisher.key, publisher.pub and content.key
  endorse FILE   for the publisher: say with the old key that a new one speaks for you`,
  options: {
    publisher: {
      value: 'KEY',
      help: 'install: whose bundles to trust, at the first one; endorse: the new key (a file, or its text)',
    },
    key: {
      value: 'FILE',
      help: 'install, make: the content key; install needs it only where it is new',
    },
    names: {
      value: 'FILE',
      help: 'make: lines of `CATEGORY NAME` or `CATEGORY NAME exact`; - reads standard input',
    },
    'publisher-key': { value: 'FILE', help: 'make, endorse: the private key that signs' },
    serial: {
      value: 'N',
      help: 'make: number of the bundle, higher than all before (default: seconds since 1970)',
    },
    endorsement: {
      value: 'FILE',
      help: 'make: brings boxes from an older key on; the oldest first',
      isRepeatable: true,
    },
    state: STATE_OPTION,
  },
  positionals: [2, 2],
  run: async (invocation) => {
    const [word = '', argument = ''] = invocation.positionals
    const action = ACTIONS.get(word)
    if (!action) {
      invocation.complain(
        `no action ${JSON.stringify(word.slice(0, 60))}; it is install, make, keys or endorse`,
      )
      return EXIT.usage
    }
    const done = await action(invocation, argument)
    return isFailure(done) ? refuse(invocation, done.detail) : EXIT.ok
  },
}

function refuse({ complain }: Invocation, detail: string): ExitCode {
  complain(detail)
  return EXIT.foundWrong
}
