/** A passkey in software, which also says what no device would: WebAuthn level 3, sections 6.1 and 6.5, with ES256 and no attestation. */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'

const FLAGS = { present: 0x01, verified: 0x04, attested: 0x40 } as const

/** What a device and its browser would say, as it may be changed. */
export interface Said {
  readonly origin: string
  readonly rpId?: string
  readonly type?: string
  readonly counter?: number
  readonly isVerified?: boolean
  readonly userHandle?: string
}

export interface SoftwarePasskey {
  readonly id: string
  /** The `response` of a form, for a challenge of a page. */
  readonly made: (challenge: string, said: Said) => string
  readonly shown: (challenge: string, said: Said) => string
}

export function makeSoftwarePasskey(): SoftwarePasskey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const rawId = randomBytes(16)
  const id = rawId.toString('base64url')
  // {1: 2, 3: -7, -1: 1, -2: x, -3: y} in CBOR (RFC 9053 section 7.1.1).
  const key = Buffer.concat([
    Buffer.from('a5010203262001215820', 'hex'),
    Buffer.from(x, 'base64url'),
    Buffer.from('225820', 'hex'),
    Buffer.from(y, 'base64url'),
  ])
  const dataOf = ({ origin, rpId, counter = 0, isVerified = true }: Said, more: number): Buffer => {
    const flags = FLAGS.present | (isVerified ? FLAGS.verified : 0) | more
    const end = Buffer.alloc(5)
    end.writeUInt8(flags, 0)
    end.writeUInt32BE(counter, 1)
    return Buffer.concat([sha256(rpId ?? new URL(origin).hostname), end])
  }
  const clientDataOf = (challenge: string, type: string, { origin }: Said): Buffer =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }))
  const answer = (response: Readonly<Record<string, Buffer | string>>): string =>
    JSON.stringify({
      id,
      rawId: id,
      type: 'public-key',
      clientExtensionResults: {},
      response: Object.fromEntries(
        Object.entries(response).map(([name, value]) => [
          name,
          typeof value === 'string' ? value : value.toString('base64url'),
        ]),
      ),
    })
  return {
    id,
    made: (challenge, said) => {
      const length = Buffer.alloc(2)
      length.writeUInt16BE(rawId.length)
      const data = dataOf(said, FLAGS.attested)
      const authData = Buffer.concat([data, Buffer.alloc(16), length, rawId, key])
      // {"fmt": "none", "attStmt": {}, "authData": ...}
      const attestationObject = Buffer.concat([
        Buffer.from('a363666d74646e6f6e656761747453746d74a068617574684461746158', 'hex'),
        Buffer.from([authData.length]),
        authData,
      ])
      const type = said.type ?? 'webauthn.create'
      return answer({ clientDataJSON: clientDataOf(challenge, type, said), attestationObject })
    },
    shown: (challenge, said) => {
      const authenticatorData = dataOf(said, 0)
      const clientDataJSON = clientDataOf(challenge, said.type ?? 'webauthn.get', said)
      const signed = Buffer.concat([authenticatorData, sha256(clientDataJSON)])
      const { userHandle } = said
      return answer({
        clientDataJSON,
        authenticatorData,
        signature: sign('sha256', signed, privateKey),
        ...(userHandle === undefined ? {} : { userHandle }),
      })
    },
  }
}

function sha256(data: string | Buffer): Buffer {
  return createHash('sha256').update(data).digest()
}
