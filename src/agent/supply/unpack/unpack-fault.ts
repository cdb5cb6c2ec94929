/** Why a file cannot be unpacked; thrown among streams, and a failure again where they end: see `unpackList`. */
export class UnpackFault extends Error {
  readonly code = 'EDGE_UNPACK'
  readonly reason: 'too-large' | 'bad-archive'

  constructor(reason: 'too-large' | 'bad-archive', detail: string) {
    super(detail)
    this.reason = reason
  }
}

/** An archive that is not what it should be. */
export function badArchive(detail: string): UnpackFault {
  return new UnpackFault('bad-archive', detail)
}
