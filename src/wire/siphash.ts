/** SipHash-2-4 with a key of 128 bits and an outcome of 64 (Aumasson and Bernstein, 2012), in halves of 32 bits. */
import { get32, put32 } from './put.ts'

const KEY_BYTES = 16
const BLOCK_BYTES = 8
const COMPRESSION_ROUNDS = 2
const FINAL_ROUNDS = 4

/** High and low halves of v0 to v3; one hash at a time is worked on. */
const state = new Uint32Array(8)

/** Writes the hash of `message` to `out` at `at`: 8 bytes, the lowest first. The key has 16. Does not allocate. */
export function sipHash(key: Uint8Array, message: Uint8Array, out: Uint8Array, at: number): void {
  begin(key)
  const whole = message.length - (message.length % BLOCK_BYTES)
  for (let from = 0; from < whole; from += BLOCK_BYTES)
    compress(little32(message, from + 4), little32(message, from))
  compressRest(message, whole)
  state[5]! ^= 0xff
  rounds(FINAL_ROUNDS)
  put32(out, swapped(state[1]! ^ state[3]! ^ state[5]! ^ state[7]!), at)
  put32(out, swapped(state[0]! ^ state[2]! ^ state[4]! ^ state[6]!), at + 4)
}

/** Two halves of one word lie side by side: the high one first. */
function begin(key: Uint8Array): void {
  if (key.length !== KEY_BYTES) throw new SipKeyError(`a key of ${key.length} bytes`)
  const [k0Low, k0High] = [little32(key, 0), little32(key, 4)]
  const [k1Low, k1High] = [little32(key, 8), little32(key, 12)]
  state[0] = k0High ^ 0x736f6d65
  state[1] = k0Low ^ 0x70736575
  state[2] = k1High ^ 0x646f7261
  state[3] = k1Low ^ 0x6e646f6d
  state[4] = k0High ^ 0x6c796765
  state[5] = k0Low ^ 0x6e657261
  state[6] = k1High ^ 0x74656462
  state[7] = k1Low ^ 0x79746573
}

function compressRest(message: Uint8Array, whole: number): void {
  let [high, low] = [(message.length & 0xff) << 24, 0]
  for (let i = whole; i < message.length; i++) {
    const place = i - whole
    if (place < 4) low |= message[i]! << (8 * place)
    else high |= message[i]! << (8 * (place - 4))
  }
  compress(high, low)
}

function compress(high: number, low: number): void {
  state[6]! ^= high
  state[7]! ^= low
  rounds(COMPRESSION_ROUNDS)
  state[0]! ^= high
  state[1]! ^= low
}

function rounds(count: number): void {
  for (let i = 0; i < count; i++) {
    half(0, 2, 13)
    turn(0)
    half(4, 6, 16)
    half(0, 6, 21)
    half(4, 2, 17)
    turn(4)
  }
}

/** Adds word `b` to word `a`, turns `b` left by less than 32 bits, and folds `a` into it. */
function half(a: number, b: number, left: number): void {
  const low = state[a + 1]! + state[b + 1]!
  state[a]! += state[b]! + (low > 0xffff_ffff ? 1 : 0)
  state[a + 1] = low
  const [high, rest] = [state[b]!, state[b + 1]!]
  state[b] = ((high << left) | (rest >>> (32 - left))) ^ state[a]!
  state[b + 1] = ((rest << left) | (high >>> (32 - left))) ^ state[a + 1]!
}

/** Turns a word by 32 bits. */
function turn(word: number): void {
  const high = state[word]!
  state[word] = state[word + 1]!
  state[word + 1] = high
}

function little32(bytes: Uint8Array, at: number): number {
  return swapped(get32(bytes, at))
}

function swapped(value: number): number {
  return ((value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0
}

/** A broken caller, not a broken message. */
class SipKeyError extends Error {
  readonly code = 'EDGE_SIP_KEY'
}
