/** What goes round the filter, and strangers that play a server. */
export const goesRound = {
  ways: {
    dns: 'It asks another resolver.',
    dot: 'It asks another resolver over TLS (port 853).',
    doh: 'It asks another resolver over HTTPS.',
    vpn: 'It uses a VPN.',
    tor: 'It uses Tor.',
  },
  otherWay: 'Another way: {way}.',

  sentence: '{device} in group {group}: {why}.',
  /** A device that has a name. */
  device: '{name} ({address})',
  /** What gave a grade; each completes "because". */
  reasons: {
    tunnel: 'it sends through a VPN or Tor',
    'way-after-block': 'it took another way within ten minutes of a blocked lookup',
    'tunnel-tried': 'it tried to reach a VPN or Tor',
    'encrypted-elsewhere': 'it asks another resolver over an encrypted connection',
    'dns-elsewhere': 'it asks another resolver again and again',
    search: 'it looked up many VPNs or web proxies',
    'search-after-block': 'it looked up VPNs or web proxies within ten minutes of a blocked lookup',
    'silent-and-elsewhere': 'it has stopped asking here and asks elsewhere',
    'single-sign': 'devices do so by themselves as well',
  },
  signs: {
    'doh-looked-up': {
      one: 'looked up encrypted DNS services, which was blocked: {count} lookup',
      many: 'looked up encrypted DNS services, which was blocked: {count} lookups',
    },
    'vpn-looked-up': {
      one: 'looked up VPNs, which was blocked: {count} lookup',
      many: 'looked up VPNs, which was blocked: {count} lookups',
    },
    'proxy-looked-up': {
      one: 'looked up web proxies, which was blocked: {count} lookup',
      many: 'looked up web proxies, which was blocked: {count} lookups',
    },
    'dns-elsewhere': {
      one: 'asked another DNS server: {count} packet',
      many: 'asked another DNS server: {count} packets',
    },
    'dot-elsewhere': {
      one: 'connected to another DNS server over TLS: {count} packet',
      many: 'connected to another DNS server over TLS: {count} packets',
    },
    'doh-elsewhere': {
      one: 'connected to another DNS server over HTTPS: {count} packet',
      many: 'connected to another DNS server over HTTPS: {count} packets',
    },
    'vpn-used': {
      one: 'sent to a VPN: {count} packet',
      many: 'sent to a VPN: {count} packets',
    },
    'tor-used': {
      one: 'sent to Tor: {count} packet',
      many: 'sent to Tor: {count} packets',
    },
    'fell-silent': {
      one: 'stopped asking this box while it was still there: {count} time',
      many: 'stopped asking this box while it was still there: {count} times',
    },
    'looked-up-after-block': {
      one: 'of these lookups, soon after something else was blocked: {count} lookup',
      many: 'of these lookups, soon after something else was blocked: {count} lookups',
    },
    'used-after-block': {
      one: 'of this traffic, soon after a lookup was blocked: {count} packet',
      many: 'of this traffic, soon after a lookup was blocked: {count} packets',
    },
  },
  /** Names and servers that a sign is about. */
  withSamples: '{sign} ({samples})',

  strangers: {
    dhcp: '{address} ({mac}) hands out addresses (DHCP), and the configuration does not know it.',
    router: '{address} ({mac}) says that it is the router, and the configuration does not know it.',
  },
} as const
