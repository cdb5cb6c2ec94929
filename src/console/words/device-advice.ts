/** What would make a device better known, and why. */
export const deviceAdvice = {
  behindRouter: {
    title: 'Let the box see the device, not only its address',
    text: 'It knows no hardware address for it: a router stands between them. Give the box the lease file of the DHCP server, RADIUS accounting, or an address of its own in that network.',
  },
  randomMac: {
    title: 'Turn off the made-up address for the school’s network',
    text: 'This device invents its hardware address, so it may be another device tomorrow, and no list of owners can name it. On devices that the school manages, turn private or randomised addresses off by the MDM profile of the network. On others, a logon (802.1X with RADIUS accounting) is what helps.',
  },
  noRadius: {
    title: 'Set up RADIUS accounting',
    text: 'Nobody logs on here: RADIUS is not set up. Where Wi-Fi controllers or switches ask for a user and tell the box, each logon names the person.',
  },
  noLogon: {
    title: 'See why no logon names this device',
    text: 'RADIUS is set up, but no logon came for it. Its controller or switch may not send accounting, or not with the address (Framed-IP-Address) and interim updates; or the device uses a network without a logon.',
  },
  noName: {
    title: 'Give it a name',
    text: 'Nothing tells what it is called. The lease file of the DHCP server usually does; an import of device owners, or a line under identity.devices, does so for certain.',
  },
  noOwner: {
    title: 'Name its owner',
    text: 'What is known comes from what the device says of itself, which anybody can change. An import of device owners from the MDM, or a logon, cannot be changed from the device.',
  },
  groupOfNetwork: {
    title: 'Give it a group of its own',
    text: 'Its group is that of its network. If that is not right, give the device or its user a group: under identity.devices, identity.assign, or in the import of owners.',
  },
} as const
