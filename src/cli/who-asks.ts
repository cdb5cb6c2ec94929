import { userInfo } from 'node:os'
import { type Invocation, valueOf } from './command.ts'

/** Whom a record names: `--who`, else who became root, else the user of this terminal. */
export function whoAsks(invocation: Invocation): string {
  return valueOf(invocation, 'who') ?? invocation.environment.sudoUser ?? userInfo().username
}
