import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto'
import {
  bitString,
  octetString,
  oid,
  sequence,
  setOf,
  TRUE,
  tagged,
  time,
  unsignedInteger,
  utf8,
} from './der.ts'

const OID = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
} as const
/** Tags of context: of a certificate's version and extensions, and of the kinds of alternative names (RFC 5280 section 4.2.1.6). */
const CONTEXT = { version: 0xa0, extensions: 0xa3, dnsName: 0x82, ipAddress: 0x87 } as const
const SERIAL_BYTES = 16
/** Of the bits of keyUsage, digitalSignature is the first and only one. */
const DIGITAL_SIGNATURE = Buffer.of(0x80)

export interface SelfSignedOptions {
  readonly commonName: string
  readonly dnsNames: readonly string[]
  /** 4 or 16 bytes each. */
  readonly addresses: readonly Uint8Array[]
  /** Milliseconds since the epoch. */
  readonly notBefore: number
  readonly notAfter: number
}

/** A new private key on P-256, PKCS #8 in PEM. */
export function makePrivateKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** A certificate of a TLS server (RFC 5280) that vouches for itself, in PEM. Throws when `key` is no key on P-256. */
export function makeSelfSigned(key: string, options: SelfSignedOptions): string {
  const privateKey = createPrivateKey(key)
  const algorithm = sequence(oid(OID.ecdsaWithSha256))
  const body = certificateBody(createPublicKey(privateKey), algorithm, options)
  const signature = sign('sha256', body, privateKey)
  const bytes = sequence(body, algorithm, bitString(signature))
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

function certificateBody(
  key: KeyObject,
  algorithm: Buffer,
  { commonName, dnsNames, addresses, notBefore, notAfter }: SelfSignedOptions,
): Buffer {
  const serial = randomBytes(SERIAL_BYTES)
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40
  const name = sequence(setOf(sequence(oid(OID.commonName), utf8(commonName))))
  const names = [
    ...dnsNames.map((one) => tagged(CONTEXT.dnsName, Buffer.from(one, 'latin1'))),
    ...addresses.map((one) => tagged(CONTEXT.ipAddress, one)),
  ]
  return sequence(
    tagged(CONTEXT.version, unsignedInteger(Buffer.of(2))),
    unsignedInteger(serial),
    algorithm,
    name,
    sequence(time(notBefore), time(notAfter)),
    name,
    key.export({ type: 'spki', format: 'der' }),
    tagged(
      CONTEXT.extensions,
      sequence(
        extension(OID.basicConstraints, sequence(), true),
        extension(OID.keyUsage, bitString(DIGITAL_SIGNATURE, 7), true),
        extension(OID.extendedKeyUsage, sequence(oid(OID.serverAuth))),
        ...(names.length > 0 ? [extension(OID.subjectAltName, sequence(...names))] : []),
      ),
    ),
  )
}

function extension(id: string, value: Buffer, isCritical = false): Buffer {
  return sequence(oid(id), ...(isCritical ? [TRUE] : []), octetString(value))
}
