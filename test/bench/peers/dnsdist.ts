import { linesOf, type PeerRecipe } from './peer-recipe.ts'

/** Of the console; anybody on this machine may know it. */
const KEY = 'Y2hhbmdlIG1lLCBJIGFtIGEgYmVuY2htYXJrIGtleSE='

/**
 * dnsdist: no resolver but a proxy, so every answer that is not in its packet cache is the upstream's work. A suffix set blocks a name
 * with all below. The new set is made in Lua on the console's thread and its rule put in before the old one is taken out, so that
 * no query passes between; the answering thread goes on meanwhile.
 */
export const DNSDIST: PeerRecipe = {
  name: 'dnsdist',
  program: '/usr/bin/dnsdist',
  versionWords: ['--version'],
  words: (file) => ['--supervised', '--disable-syslog', '-C', file],
  config: ({ port, controlPort, upstreamPort, namesFile }) =>
    `setLocal('127.0.0.1:${port}')
setACL({ '127.0.0.0/8' })
setKey('${KEY}')
controlSocket('127.0.0.1:${controlPort}')
setSecurityPollSuffix('')
newServer({ address = '127.0.0.1:${upstreamPort}', healthCheckMode = 'up' })
getPool(''):setCache(newPacketCache(20000, { maxTTL = 86400 }))
function load()
  local set = newSuffixMatchNode()
  for name in io.lines('${namesFile}') do set:add(name) end
  addAction(SuffixMatchNodeRule(set), RCodeAction(DNSRCode.NXDOMAIN))
end
function reload()
  load()
  rmRule(0)
end
load()
`,
  namesText: (names) => linesOf(names, (name) => name),
  reload: ({ controlPort }) => ({
    kind: 'command',
    program: '/usr/bin/dnsdist',
    words: ['-c', `127.0.0.1:${controlPort}`, '-k', KEY, '-e', 'reload()'],
  }),
}
