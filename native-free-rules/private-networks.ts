/** What no public name may lead to: addresses of this machine, of this site, or of nothing at all (RFC 6890). As CIDR. */
export const PRIVATE_CIDRS: readonly string[] = [
  '0.0.0.0/8', // this network, RFC 1122: many systems take 0.0.0.0 for themselves
  '10.0.0.0/8', // private, RFC 1918
  '100.64.0.0/10', // shared address space, RFC 6598
  '127.0.0.0/8', // loopback, RFC 1122
  '169.254.0.0/16', // link-local, RFC 3927
  '172.16.0.0/12',
  '192.168.0.0/16',
  '198.18.0.0/15', // benchmarks, RFC 2544
  '224.0.0.0/4', // multicast, RFC 5771
  '240.0.0.0/4', // reserved, RFC 1112, and limited broadcast, RFC 919
  '::/128', // unspecified, RFC 4291
  '::1/128',
  '64:ff9b:1::/48', // translation within a site, RFC 8215
  'fc00::/7', // unique local, RFC 4193
  'fe80::/10', // link-local, RFC 4291
  'fec0::/10', // site-local, RFC 3879: deprecated, and still used
  'ff00::/8', // multicast, RFC 4291
]

/**
 * Where no server is either, though public names do lead there: assignments of the IETF (RFC 6890), of which ipv4only.arpa has two
 * (RFC 7050) and devices with IPv6 only look for these.
 */
export const NO_SERVER_CIDRS: readonly string[] = ['192.0.0.0/24']
