import { join } from 'node:path'
import { linesOf, type PeerRecipe } from './peer-recipe.ts'

/**
 * unbound. Local zones of type always_nxdomain are its fastest way to block a name with all below; a response policy zone takes more
 * memory and time. `reload_keep_cache` is the best that 1.17 has: `fast_reload` came with 1.23. One thread, as
 * one of ours answers.
 */
export const UNBOUND: PeerRecipe = {
  name: 'unbound',
  program: '/usr/sbin/unbound',
  versionWords: ['-V'],
  words: (file) => ['-d', '-c', file],
  config: ({ folder, port, upstreamPort, namesFile }) =>
    `server:
  directory: "${folder}"
  chroot: ""
  username: ""
  pidfile: ""
  use-syslog: no
  logfile: "${join(folder, 'log')}"
  num-threads: 1
  interface: 127.0.0.1@${port}
  access-control: 127.0.0.0/8 allow
  module-config: "iterator"
  do-not-query-localhost: no
  so-rcvbuf: 4m
  outgoing-range: 8192
  num-queries-per-thread: 4096
  include: "${namesFile}"
forward-zone:
  name: "."
  forward-addr: 127.0.0.1@${upstreamPort}
remote-control:
  control-enable: yes
  control-interface: ${join(folder, 'control')}
  control-use-cert: no
`,
  namesText: (names) => linesOf(names, (name) => `local-zone: "${name}" always_nxdomain`),
  reload: (_, file) => ({
    kind: 'command',
    program: '/usr/sbin/unbound-control',
    words: ['-c', file, 'reload_keep_cache'],
  }),
}
