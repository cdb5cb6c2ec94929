/** What no public name may lead to: addresses of this machine, of this site, or of nothing at all. As CIDR. */
export const PRIVATE_CIDRS: readonly string[] = [
  '0.0.0.0/8', // this network, RFC 1122: many systems take 0.0.0.0 for themselves
  '10.0.0.0/8', // private, RFC 1918
  '100.64.0.0/10', // shared address space, RFC 6598
  '127.0.0.0/8', // loopback, RFC 1122
  '169.254.0.0/16', // link-local, RFC 3927
  '172.16.0.0/12',
  '192.168.0.0/16',
  '255.255.255.255/32', // limited broadcast, RFC 919
  '::/128', // unspecified, RFC 4291
  '::1/128',
  '64:ff9b:1::/48', // translation within a site, RFC 8215
  'fc00::/7', // unique local, RFC 4193
  'fe80::/10', // link-local, RFC 4291
  'fec0::/10', // site-local, RFC 3879: deprecated, and still used
]
