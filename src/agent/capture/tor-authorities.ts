/**
 * Tor's directory authorities, to which a Tor client without a fresh directory connects first. After Tor's own list, src/app/config/auth_dirs.inc
 * (https://gitlab.torproject.org/tpo/core/tor); the addresses of moria1, tor26 and faravahar have changed over the years and are to be looked up
 * there with each release. A client that has a directory, or a bridge, is not known by it.
 */
export const TOR_AUTHORITIES: readonly string[] = [
  '128.31.0.39', // moria1
  '217.196.147.77', // tor26
  '45.66.35.11', // dizum
  '131.188.40.189', // gabelmoo
  '2001:638:a000:4140::ffff:189',
  '193.23.244.244', // dannenberg
  '2001:678:558:1000::244',
  '171.25.193.9', // maatuska
  '2001:67c:289c::9',
  '199.58.81.140', // longclaw
  '204.13.164.118', // bastet
  '2620:13:4000:6000::1000:118',
  '216.218.219.41', // faravahar
]
