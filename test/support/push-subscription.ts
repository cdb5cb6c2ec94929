/** A browser's end of web push: its keys, and what it does with what comes (RFC 8291, RFC 8188), by node:crypto alone. */
import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto'

export interface PushSubscriber {
  readonly keys: { readonly p256dh: string; readonly auth: string }
  /** The text of a message; throws for one that is not for this browser. */
  readonly open: (body: Buffer) => string
}

const SALT_BYTES = 16
const RECORD_SIZE_BYTES = 4
const TAG_BYTES = 16

export function makePushSubscriber(): PushSubscriber {
  const own = createECDH('prime256v1')
  const publicKey = own.generateKeys()
  const auth = randomBytes(16)
  return {
    keys: { p256dh: publicKey.toString('base64url'), auth: auth.toString('base64url') },
    open: (body) => {
      const salt = body.subarray(0, SALT_BYTES)
      const idLength = body[SALT_BYTES + RECORD_SIZE_BYTES] ?? 0
      const idAt = SALT_BYTES + RECORD_SIZE_BYTES + 1
      const senderKey = body.subarray(idAt, idAt + idLength)
      const sealed = body.subarray(idAt + idLength)
      const info = Buffer.concat([Buffer.from('WebPush: info\0'), publicKey, senderKey])
      const secret = hkdf(own.computeSecret(senderKey), auth, info, 32)
      const key = hkdf(secret, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16)
      const nonce = hkdf(secret, salt, Buffer.from('Content-Encoding: nonce\0'), 12)
      const decipher = createDecipheriv('aes-128-gcm', key, nonce)
      decipher.setAuthTag(sealed.subarray(-TAG_BYTES))
      const plain = Buffer.concat([
        decipher.update(sealed.subarray(0, -TAG_BYTES)),
        decipher.final(),
      ])
      // One record: its padding begins with a 2.
      return plain.subarray(0, plain.lastIndexOf(2)).toString('utf8')
    },
  }
}

function hkdf(secret: Buffer, salt: Buffer, info: Buffer, length: number): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, info, length))
}
