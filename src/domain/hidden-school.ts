/** A server asks this box for most of the school, so that nobody behind it can be told apart. */
export interface HiddenSchool {
  /** The server's. */
  readonly address: string
  /** By its share of all queries, or because it names many clients in them. */
  readonly by: 'share' | 'named-clients'
  /** Of all queries of the last ten minutes, 0 to 1. */
  readonly share: number
  /** When it was first seen, in milliseconds since the epoch. */
  readonly since: number
}

/** What is so, and what to change; one sentence each. */
export function hiddenSchoolSentences({ address, by, share }: HiddenSchool): readonly string[] {
  const seen =
    by === 'share'
      ? `${address} asks ${Math.round(share * 100)} % of all questions, for many: it is a server that asks for others, such as a Windows DNS server`
      : `${address} names many clients in its questions and is not believed: it is a server that asks for others`
  return [
    `nobody behind ${address} can be told apart: ${seen}`,
    `either give devices this box as their DNS server (DHCP option 6) and let the box ask the domain's servers (zones), or declare ${address} under identity.forwarders, with what it is believed in`,
  ]
}
