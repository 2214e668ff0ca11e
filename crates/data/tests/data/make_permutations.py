"""Prints the golden orders of `src/shuffle.rs`, from ChaCha8 written out after RFC 8439 (64-bit counter and nonce)."""

import struct

MASK = 0xFFFFFFFF


def block(key, counter, nonce):
    state = list(struct.unpack("<4I", b"expand 32-byte k")) + list(struct.unpack("<8I", key))
    state += [counter & MASK, counter >> 32, nonce & MASK, nonce >> 32]
    x = state[:]

    def quarter(a, b, c, d):
        for first, second, third, bits in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            x[first] = (x[first] + x[second]) & MASK
            x[third] ^= x[first]
            x[third] = (x[third] << bits | x[third] >> (32 - bits)) & MASK

    for _ in range(4):
        for column in range(4):
            quarter(column, 4 + column, 8 + column, 12 + column)
        for column in range(4):
            quarter(column, 4 + (column + 1) % 4, 8 + (column + 2) % 4, 12 + (column + 3) % 4)
    return [(a + b) & MASK for a, b in zip(x, state)]


def draws(seed, stream, purpose):
    key = struct.pack("<Q", seed) + bytes([purpose]) + bytes(23)
    counter = 0
    while True:
        words = block(key, counter, stream)
        for low, high in zip(words[::2], words[1::2]):
            yield high << 32 | low
        counter += 1


def permutation(seed, epoch, count):
    rows, numbers = list(range(count)), draws(seed, epoch, 1)
    for last in range(count - 1, 0, -1):
        bound = last + 1
        complete = 2**64 - 1 - (2**64 - 1) % bound
        draw = next(number for number in numbers if number < complete)
        rows[last], rows[draw % bound] = rows[draw % bound], rows[last]
    return rows


print(permutation(42, 0, 10))
print(permutation(42, 1, 10))
