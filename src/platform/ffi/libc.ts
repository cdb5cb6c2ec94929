import { createRequire } from 'node:module'
import type koffi from 'koffi'

/** An address in memory that something else keeps alive; 0n is none. */
export type Pointer = bigint

/** The calls of the C library that are made here. Each returns -1 for a failure, and `errno` then says which. */
export interface Libc {
  readonly socket: (domain: number, type: number, protocol: number) => number
  readonly bind: (fd: number, address: Buffer, length: number) => number
  readonly connect: (fd: number, address: Buffer, length: number) => number
  readonly getsockname: (fd: number, address: Buffer, length: Buffer) => number
  readonly setsockopt: (
    fd: number,
    level: number,
    option: number,
    value: Buffer,
    length: number,
  ) => number
  readonly getsockopt: (
    fd: number,
    level: number,
    option: number,
    value: Buffer,
    length: Buffer,
  ) => number
  readonly recvmmsg: (
    fd: number,
    headers: Pointer,
    count: number,
    flags: number,
    timeout: Pointer,
  ) => number
  readonly sendmmsg: (fd: number, headers: Pointer, count: number, flags: number) => number
  readonly poll: (fds: Pointer, count: number, timeoutMs: number) => number
  readonly close: (fd: number) => number
  /** syscall(2) with the number and the arguments of sched_setattr(2). */
  readonly setScheduling: (
    call: number,
    thread: number,
    attributes: Buffer,
    flags: number,
  ) => number
  readonly errno: () => number
  /** Where a buffer's bytes lie. They stay there while the buffer is referenced, and not a moment longer. */
  readonly addressOf: (buffer: Uint8Array) => Pointer
}

/** Linux on x64 and arm64, the same on both (asm-generic/errno-base.h). */
export const ERRNO = {
  EINTR: 4,
  EAGAIN: 11,
  EACCES: 13,
  EADDRINUSE: 98,
  EADDRNOTAVAIL: 99,
  EAFNOSUPPORT: 97,
} as const

let loaded: Libc | undefined | null = null

/**
 * The C library through koffi, or undefined where that cannot be had: another system than Linux on x64 or arm64, or an
 * installation without optional packages. Never throws.
 */
export function loadLibc(): Libc | undefined {
  if (loaded === null) loaded = isKnownSystem() ? tryLoad() : undefined
  return loaded
}

/** The layouts of structures that are written here by hand hold for these alone. */
function isKnownSystem(): boolean {
  return process.platform === 'linux' && (process.arch === 'x64' || process.arch === 'arm64')
}

function tryLoad(): Libc | undefined {
  try {
    return bindAll(createRequire(import.meta.url)('koffi'))
  } catch {
    return undefined
  }
}

type Koffi = typeof koffi

function bindAll(koffi: Koffi): Libc {
  const library = koffi.load(null)
  return {
    socket: library.func('int socket(int domain, int type, int protocol)'),
    bind: library.func('int bind(int fd, void *address, uint length)'),
    connect: library.func('int connect(int fd, void *address, uint length)'),
    getsockname: library.func('int getsockname(int fd, void *address, void *length)'),
    setsockopt: library.func(
      'int setsockopt(int fd, int level, int option, void *value, uint length)',
    ),
    getsockopt: library.func(
      'int getsockopt(int fd, int level, int option, void *value, void *length)',
    ),
    recvmmsg: library.func(
      'int recvmmsg(int fd, void *headers, uint count, int flags, void *timeout)',
    ),
    sendmmsg: library.func('int sendmmsg(int fd, void *headers, uint count, int flags)'),
    poll: library.func('int poll(void *fds, ulong count, int timeout)'),
    setScheduling: library.func(
      'long syscall(long call, int thread, void *attributes, uint flags)',
    ),
    close: library.func('int close(int fd)'),
    errno: () => koffi.errno(),
    addressOf: (buffer) => koffi.address(buffer),
  }
}
