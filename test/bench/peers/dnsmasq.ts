import { linesOf, type PeerRecipe } from './peer-recipe.ts'

/**
 * dnsmasq. The names stand in a `servers-file` and not in the configuration, because that alone is read again on SIGHUP; otherwise a
 * new list means a restart. `server=/name/` without an address is a name, with all below, that is nobody's: NXDOMAIN. The cache is
 * as large as ours; more forwarded queries at a time than its default, so that a start does not refuse any.
 */
export const DNSMASQ: PeerRecipe = {
  name: 'dnsmasq',
  program: '/usr/sbin/dnsmasq',
  versionWords: ['--version'],
  words: (file) => ['--keep-in-foreground', `--conf-file=${file}`],
  config: ({ port, upstreamPort, namesFile }) =>
    `port=${port}
listen-address=127.0.0.1
bind-interfaces
user=root
pid-file=
no-resolv
no-hosts
no-poll
server=127.0.0.1#${upstreamPort}
servers-file=${namesFile}
cache-size=20000
dns-forward-max=1000
`,
  namesText: (names) => linesOf(names, (name) => `server=/${name}/`),
  reload: () => ({ kind: 'signal', signal: 'SIGHUP' }),
}
