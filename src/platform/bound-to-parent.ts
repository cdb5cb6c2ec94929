/** Programs that watch no pipe of their own, and yet must not outlive this process. */
import type { StdioOptions } from 'node:child_process'

/**
 * The shell leaves a watcher behind and becomes the program. The watcher waits for the end of descriptor 3, the other end of which is this
 * process's: the kernel closes it when this process ends, in whatever way. Then it kills its parent, if that is still the program.
 */
const SCRIPT = `(
  read -r _ <&3
  read -r _ _ _ parent _ </proc/self/stat
  [ "$parent" = $$ ] && kill -KILL $$
) </dev/null >/dev/null 2>&1 &
exec "$@" 3<&-`

/** How such a command is to be started: it says what is wrong on standard error, and is bound by the last pipe. */
export const BOUND_STDIO: StdioOptions = ['ignore', 'ignore', 'pipe', 'pipe']

/**
 * The command by which a program is killed when this process ends. `setpriv --pdeathsig` would do without a watcher, but sets capabilities
 * anew, which the unit's system call filter denies.
 */
export function boundToParent(
  program: string,
  args: readonly string[],
): { readonly program: string; readonly args: readonly string[] } {
  return { program: '/bin/sh', args: ['-c', SCRIPT, 'sh', program, ...args] }
}
