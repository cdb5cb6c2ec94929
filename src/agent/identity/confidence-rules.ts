/** How sure each way of knowing is, in percent; see `CONFIDENCE_BANDS`. One table, so that it can be read, argued with and tested. */
import { CONFIDENCE_BANDS, type IdentitySource } from '#domain/identity.ts'

/** Who is logged on, by how the session was joined to the address that asks. */
export const SESSION_CONFIDENCE = {
  /** The session names the device and the address, and the wire agrees. */
  deviceAndAddress: 95,
  /** The session names the device, which has the address. */
  device: 90,
  /** The session names the address alone. */
  address: 80,
} as const

/** Several people are logged on at one device: the last one counts, but less. */
export const SHARED_DEVICE_MAX = 75

/** A device that made up its own MAC is nobody's for long. */
export const RANDOM_MAC_MAX = 50

/** What sources disagree on, or what changes too fast, is no more than a guess, and opens nothing. */
export const DISPUTED_MAX = 30

/** The device, by what tied its MAC to the address; and what a source says of its user and its group. */
export const DEVICE_CONFIDENCE: Readonly<Record<IdentitySource, number>> = {
  configured: 80,
  radius: 85,
  edns: 85,
  endpoint: 90,
  owners: 75,
  directory: 10, // tells of people alone
  lease: 75,
  neighbour: 85,
  capture: 80,
  mdns: 30,
  'reverse-dns': 50,
  network: 10,
}

/** The name a device goes by. */
export const NAME_CONFIDENCE: Readonly<Record<IdentitySource, number>> = {
  configured: 95,
  radius: 40,
  edns: 40,
  endpoint: 90,
  owners: 90,
  directory: 10,
  lease: 45,
  neighbour: 10,
  capture: 40,
  mdns: 30,
  'reverse-dns': 60,
  network: 10,
}

/** A person or a device decides about the group only from here on. */
export const GROUP_CONFIDENCE_MIN: number = CONFIDENCE_BANDS.strong

/** The group by network alone says where somebody is, not who. */
export const NETWORK_CONFIDENCE = 10
