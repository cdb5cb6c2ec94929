/** How well devices and people are known, and from where. */
export const known = {
  bands: {
    certain: {
      badge: 'Certain',
      /** The same inside a sentence. */
      within: 'certain',
      /** Completes "it is known who uses this device: ...". */
      meaning: 'as sure as a network can be',
    },
    strong: { badge: 'Strong', within: 'strong', meaning: 'well known' },
    fair: { badge: 'Fair', within: 'fair', meaning: 'probably right' },
    weak: { badge: 'Weak', within: 'weak', meaning: 'little more than a guess' },
    none: {
      badge: 'Not known',
      within: 'not known',
      meaning: 'nothing tells who or what it is',
    },
  },
  /** Each completes "known from ...". */
  sources: {
    configured: 'the configuration of the box',
    radius: 'a logon (RADIUS)',
    edns: 'a forwarder that is believed',
    endpoint: 'an encrypted address that only this device was given',
    owners: 'the import of device owners',
    directory: 'the directory of the school',
    lease: 'the DHCP server',
    neighbour: 'the address tables of the network',
    capture: 'what was seen on the wire',
    mdns: 'the device itself (mDNS)',
    'reverse-dns': 'reverse DNS',
    network: 'the network it is in',
  },
} as const
