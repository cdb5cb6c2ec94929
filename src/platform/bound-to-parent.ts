/** Programs that watch no pipe, and yet must not outlive this process. */

const SETPRIV = '/usr/bin/setpriv'
/** The kernel's word holds from `setpriv` on; where this process has ended before, another one is the parent by then. */
const IF_PARENT = '[ "$PPID" = "$0" ] && exec "$@"'

/**
 * The command by which a program runs without any privilege of ours and is killed by the kernel (PR_SET_PDEATHSIG) when this process
 * ends, in whatever way. To be started by the main thread: the kernel goes by the thread. Needs setpriv of util-linux, which Debian always has.
 */
export function boundToParent(
  program: string,
  args: readonly string[],
): { readonly program: string; readonly args: readonly string[] } {
  const bound = ['--pdeathsig', 'KILL', '--no-new-privs', '--ambient-caps', '-all']
  const shell = ['/bin/sh', '-c', IF_PARENT, String(process.pid)]
  return { program: SETPRIV, args: [...bound, ...shell, program, ...args] }
}
