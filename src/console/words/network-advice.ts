/** What to change so that more of a network is known. */
export const networkAdvice = {
  hiddenSchool:
    'Let devices ask the box themselves: name the box as DNS server in DHCP (option 6). Or declare the server that asks for them under identity.forwarders, and let it tell who asks.',
  noNetwork:
    'These addresses lie in no network of your configuration and get the strictest pupil group. Add their network under networks.',
  noLogons: 'Nobody logs on here: RADIUS is not set up. With it each logon names the person.',
  noLeases: 'Give the box the lease file of your DHCP server, so that devices have names.',
  noOwners: 'Import the owners of the school’s devices from your MDM.',
  sourcesTellNothing:
    'Sources are set up, but they do not name the devices of this network: see whether its DHCP server and its controllers are the ones that the box hears from.',
} as const
