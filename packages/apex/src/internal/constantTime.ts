/**
 * Compares secrets.
 */

/**
 * Whether two texts of bytes are equal, in a time that depends on the expected one's length alone: not on how much of the
 * received one is right, and not on its length.
 */
export const equals = (expected: Uint8Array, received: Uint8Array): boolean => {
  let difference = expected.length ^ received.length
  for (let i = 0; i < expected.length; i++) {
    difference |= (expected[i] ?? 0) ^ (received[i % Math.max(received.length, 1)] ?? 0)
  }
  return difference === 0
}
