import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'

/** Where the bytes of one unpacked file go. */
export interface Sink {
  readonly write: (chunk: Uint8Array) => void
  readonly end: () => void
}

/** A new file, mode 0600, on the disk once it is ended. Blocks on the disk: a worker's work. Throws when the disk does. */
export function fileSink(path: string): Sink {
  const fd = openSync(path, 'wx', 0o600)
  return {
    write: (chunk) => {
      for (let at = 0; at < chunk.length; ) at += writeSync(fd, chunk, at)
    },
    end: () => {
      fsyncSync(fd)
      closeSync(fd)
    },
  }
}
