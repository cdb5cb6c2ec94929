import { linesOf, type PeerRecipe } from './peer-recipe.ts'

/**
 * Knot Resolver 5. A response policy zone that is watched is its own way to have lists that change (Debian package lua-cqueues does the
 * watching). The zone names each name exactly and nothing below, which would take a second record each: that is in its favour.
 */
export const KRESD: PeerRecipe = {
  name: 'kresd',
  program: '/usr/sbin/kresd',
  versionWords: ['--version'],
  words: (file, { folder }) => ['-n', '-c', file, folder],
  config: ({ folder, port, upstreamPort, namesFile }) =>
    `net.listen('127.0.0.1', ${port}, { kind = 'dns' })
cache.open(100 * MB, 'lmdb://${folder}/cache')
trust_anchors.remove('.')
modules.unload('detect_time_skew')
modules.unload('detect_time_jump')
modules.unload('ta_update')
modules.unload('ta_signal_query')
policy.add(policy.rpz(policy.DENY, '${namesFile}', true))
policy.add(policy.all(policy.FORWARD('127.0.0.1@${upstreamPort}')))
`,
  namesText: (names) =>
    `$TTL 60\n@ SOA localhost. root.localhost. 1 3600 600 86400 60\n@ NS localhost.\n${linesOf(names, (name) => `${name} CNAME .`)}`,
  reload: () => ({ kind: 'watches' }),
}
