"""Writes draws.json: what `Draws` gives, by the algorithms' own papers and in nothing but Python's standard library.

python make_draws.py
ChaCha with 8 rounds: Bernstein, "ChaCha, a variant of Salsa20", 2008, with the 64-bit counter and nonce of that paper.
FNV-1a of 64 bits: Fowler, Noll and Vo. The ziggurat: Marsaglia and Tsang, Journal of Statistical Software 5, 2000. Seeds stand in
the file. Numbers are the 32-bit floats, in the fewest digits that tell them apart from their neighbours.
"""

import json
import math
import pathlib
import struct

SEED, STEP, PATH = 42, 3, "dropout"
WORD = 0xFFFFFFFF


def rotated(word, bits):
    return ((word << bits) | (word >> (32 - bits))) & WORD


def quarter_round(state, a, b, c, d):
    for first, second, third, bits in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        state[first] = (state[first] + state[second]) & WORD
        state[third] = rotated(state[third] ^ state[first], bits)


def words(key):
    """The words that ChaCha8 gives with this key, one after the other."""
    counter = 0
    while True:
        start = list(struct.unpack("<4I", b"expand 32-byte k")) + list(struct.unpack("<8I", key))
        start += [counter & WORD, counter >> 32, 0, 0]
        state = list(start)
        for _ in range(4):
            for column in range(4):
                quarter_round(state, column, 4 + column, 8 + column, 12 + column)
            for column in range(4):
                down = [4 * row + (column + row) % 4 for row in range(4)]
                quarter_round(state, *down)
        yield from ((word + first) & WORD for word, first in zip(state, start))
        counter += 1


def path_hash(path):
    value = 0xCBF29CE484222325
    for byte in path.encode():
        value = ((value ^ byte) * 0x100000001B3) % 2**64
    return value


def generator():
    return words(struct.pack("<4Q", SEED, STEP, path_hash(PATH), 0))


def dropped(count, rate):
    """Which of the elements a dropout drops: a byte decides, four more where it is the one that the share divides."""
    source = generator()
    taken = [next(source) for _ in range((count + 3) // 4)]
    spent = struct.pack(f"<{len(taken)}I", *taken)[:count]
    whole, part = divmod(rate * 256, 1)
    return [i for i in range(count) if spent[i] < whole or (spent[i] == whole and next(source) < part * 2**32)]


LAYERS = 256
R = 3.6541528853610088


def bell(x):
    return math.exp(-x * x / 2)


# Of a layer, the lowest one with all that lies beyond R.
AREA = R * bell(R) + math.sqrt(math.pi / 2) * math.erfc(R / math.sqrt(2))
X = [AREA / bell(R), R]
while len(X) < LAYERS:
    X.append(math.sqrt(-2 * math.log(AREA / X[-1] + bell(X[-1]))))
X.append(0.0)


def normal(count):
    """Numbers, and the places of those that a first word did not decide."""
    source = generator()
    first_words = [next(source) for _ in range(count)]

    def unit():
        return (next(source) + 0.5) / 2**32

    def split(word):
        signed = (word >> 8) - (2**24 if word >= 2**31 else 0)
        layer = word % 256
        return layer, (signed + 0.5) / 2**23 * X[layer]

    numbers, later = [], []
    for place, word in enumerate(first_words):
        layer, x = split(word)
        if abs(x) >= X[layer + 1]:
            later.append(place)
        while abs(x) >= X[layer + 1]:
            if layer == 0:
                while True:
                    beyond = -math.log(unit()) / R
                    if -2 * math.log(unit()) > beyond * beyond:
                        break
                x = math.copysign(R + beyond, x)
                break
            low, high = bell(X[layer]), bell(X[layer + 1])
            if low + unit() * (high - low) < bell(x):
                break
            layer, x = split(next(source))
        numbers.append(x)
    return numbers, later


def single(number):
    return struct.unpack("<f", struct.pack("<f", number))[0]


def shortest(number):
    """The fewest digits of a 32-bit float."""
    for digits in range(1, 10):
        text = f"{number:.{digits}g}"
        if single(float(text)) == number:
            return float(text)
    return number


def main():
    count = 20_000
    numbers, later = normal(count)
    chosen = sorted(set(range(16)) | set(later))
    tail = [place for place in later if abs(numbers[place]) > R]
    assert len(tail) >= 3, "no number of the tail among them"
    written = {
        "seed": SEED,
        "step": STEP,
        "path": PATH,
        "dropped": {str(rate): dropped(64, rate) for rate in (0.05, 0.3, 0.5)},
        "count": count,
        "numbers": {str(place): shortest(single(numbers[place])) for place in chosen},
    }
    path = pathlib.Path(__file__).with_name("draws.json")
    lines = (f"{json.dumps(key)}: {json.dumps(value)}" for key, value in written.items())
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")


main()
