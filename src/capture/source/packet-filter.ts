/**
 * What the kernel hands over, in the language of pcap-filter(7); it drops all the rest unseen.
 *
 * HTTPS costs one packet a connection: over TCP only what begins with a client's hello, over QUIC only Initial packets. Of mDNS only
 * answers, of port 53 only questions, and none to or from this machine. `tcp[]` and `udp[]` read IPv4 alone, so IPv6 is spelt out:
 * 40 bytes of header, and nothing between.
 */

/** Addresses of this machine in the filter; the others are told apart later. */
const OWN_MAX = 16

const SYN_ONLY = [
  'tcp[tcpflags] & (tcp-syn|tcp-ack) = tcp-syn',
  'ip6[6] = 6 and ip6[53] & 0x12 = 2',
]
/** The first byte of what TCP carries is the type of a handshake record, and the sixth that of a hello. */
const TLS_HELLO = [
  'tcp[(tcp[12] & 0xf0) >> 2] = 0x16 and tcp[((tcp[12] & 0xf0) >> 2) + 5] = 1',
  'ip6[6] = 6 and ip6[40 + ((ip6[52] & 0xf0) >> 2)] = 0x16 and ip6[45 + ((ip6[52] & 0xf0) >> 2)] = 1',
]
/** A long header of type Initial, in QUIC version 1 or 2. */
const QUIC_INITIAL = [
  '((udp[9:4] = 1 and udp[8] & 0xf0 = 0xc0) or (udp[9:4] = 0x6b3343cf and udp[8] & 0xf0 = 0xd0))',
  'ip6[6] = 17 and ((ip6[49:4] = 1 and ip6[48] & 0xf0 = 0xc0) or (ip6[49:4] = 0x6b3343cf and ip6[48] & 0xf0 = 0xd0))',
]
const UDP_QUESTION = ['udp[10] & 0x80 = 0', 'ip6[6] = 17 and ip6[50] & 0x80 = 0']
const UDP_ANSWER = ['udp[10] & 0x80 != 0', 'ip6[6] = 17 and ip6[50] & 0x80 != 0']
const TCP_PUSH = ['tcp[tcpflags] & tcp-push != 0', 'ip6[6] = 6 and ip6[53] & 8 != 0']
/** 148 bytes that begin with 1, 0, 0, 0. */
const WIREGUARD = [
  'udp[4:2] = 156 and udp[8:4] = 0x01000000',
  'ip6[6] = 17 and ip6[44:2] = 156 and ip6[48:4] = 0x01000000',
]
/** A hard reset of 14 bytes. */
const OPENVPN = [
  'udp[4:2] = 22 and (udp[8] = 0x38 or udp[8] = 0x50) and udp[17:4] = 0',
  'ip6[6] = 17 and ip6[44:2] = 22 and (ip6[48] = 0x38 or ip6[48] = 0x50) and ip6[57:4] = 0',
]
/** The same over TCP. */
const OPENVPN_STREAM = [
  'tcp[(tcp[12] & 0xf0) >> 2 : 2] = 14 and tcp[((tcp[12] & 0xf0) >> 2) + 2] = 0x38',
  'ip6[6] = 6 and ip6[40 + ((ip6[52] & 0xf0) >> 2) : 2] = 14 and ip6[42 + ((ip6[52] & 0xf0) >> 2)] = 0x38',
]

const CLIENTS: readonly string[] = [
  'arp',
  // Neighbours and routers; headers before ICMPv6 hide an advertisement from filters, so what is sent to all nodes with such is looked at.
  '(ip6[6] = 58 and ip6[40] >= 133 and ip6[40] <= 136)',
  '(ip6 dst host ff02::1 and (ip6[6] = 0 or ip6[6] = 43 or ip6[6] = 44 or ip6[6] = 60))',
  '(udp port 67 or udp port 68 or udp port 546 or udp port 547)',
  on('udp src port 5353', UDP_ANSWER),
  on('tcp dst port 443 or tcp dst port 853', TLS_HELLO),
  on('udp dst port 443 or udp dst port 853', QUIC_INITIAL),
  on('udp', WIREGUARD),
  on('udp', OPENVPN),
  'udp dst port 1194',
  on('tcp dst port 443 or tcp dst port 1194', OPENVPN_STREAM),
  on('tcp dst port 1194', TCP_PUSH),
  '(udp dst port 500 or udp dst port 4500)',
]

/** `torAddresses` are looked at for connections that begin; `own` are this machine's addresses. */
export function packetFilter(own: readonly string[], torAddresses: readonly string[]): string {
  const resolvers = on('udp dst port 53', UDP_QUESTION)
  const streams = on('tcp dst port 53', TCP_PUSH)
  const mine = own.filter((address) => !address.includes('%')).slice(0, OWN_MAX)
  const others = mine.map((address) => ` and not host ${address}`).join('')
  const tor = torAddresses.map((address) => `dst host ${address}`).join(' or ')
  // A filter that reads beyond the end of a packet drops it, whatever comes after in the filter: so what has no payload is looked at first.
  const plain = [
    ...(tor === '' ? [] : [on(tor, SYN_ONLY)]),
    ...CLIENTS,
    `((${resolvers} or ${streams})${others})`,
  ].join(' or ')
  // `vlan` moves all that follows it by a tag, so the untagged come first; the second is of QinQ.
  return `${plain} or (vlan and (${plain} or (vlan and (${plain}))))`
}

/** Where `where` holds, and one of the two forms. */
function on(where: string, [v4 = '', v6 = '']: readonly string[]): string {
  return `((${where}) and ((ip and ${v4}) or (ip6 and ${v6})))`
}
