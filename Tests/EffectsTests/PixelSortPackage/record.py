"""Writes expected.txt: digests of what pixelsort 1.0.2 makes of small pictures.

    python3 -m venv venv && venv/bin/pip install pixelsort==1.0.2 'pillow<11'
    venv/bin/python Tests/EffectsTests/PixelSortPackage/record.py

Pictures are computed by integers, here and in CompatibleSortTests.swift; the digest is FNV-1a, 32 bits, over the
bytes of the resulting RGBA picture, row by row.
"""

import itertools
import os

from PIL import Image
from pixelsort import pixelsort

SIZES = [(41, 29), (17, 64), (3, 3), (2, 7), (19, 1)]
KINDS = ["noise", "few", "smooth"]
KEYS = ["lightness", "hue", "saturation", "intensity", "minimum"]
THRESHOLDS = [(0.25, 0.8), (0.1, 0.5), (0.8, 0.8), (0.6, 0.4), (0.0, 1.0)]


def mixed(x, y, c, seed):
    h = (x * 73856093 ^ y * 19349663 ^ c * 83492791 ^ seed * 2654435761) & 0xFFFFFFFF
    h ^= h >> 15
    h = h * 0x2C1B3C6D & 0xFFFFFFFF
    h ^= h >> 12
    h = h * 0x297A2D39 & 0xFFFFFFFF
    h ^= h >> 15
    return h


def value(kind, x, y, c):
    if kind == "noise":
        return mixed(x, y, c, 1) & 255
    if kind == "few":
        return (mixed(x, y, c, 2) & 3) * 85
    return min(255, (x * 5 + y * (3 + c) + c * 40 + (mixed(x // 6, y // 4, c, 3) & 63)) % 300)


def picture(kind, size):
    image = Image.new("RGB", size)
    for y in range(size[1]):
        for x in range(size[0]):
            image.putpixel((x, y), tuple(value(kind, x, y, c) for c in range(3)))
    return image


def mask(size, seed):
    image = Image.new("1", size)
    for y in range(size[1]):
        for x in range(size[0]):
            image.putpixel((x, y), 255 if mixed(x // 3, y // 2, 0, seed) & 3 else 0)
    return image


def digest(image):
    h = 0x811C9DC5
    for byte in image.convert("RGBA").tobytes():
        h = (h ^ byte) * 0x01000193 & 0xFFFFFFFF
    return "%08x" % h


def cases():
    for size, kind, key, angle in itertools.product(SIZES, KINDS, KEYS, [0, 90, 180, 270]):
        functions = ["threshold", "edges", "none", "file", "file-edges"]
        for function in functions:
            for masked in [False, True]:
                yield size, kind, key, angle, function, THRESHOLDS[0], masked
        if size == SIZES[0]:
            for thresholds in THRESHOLDS[1:]:
                yield size, kind, key, angle, "threshold", thresholds, False
                yield size, kind, key, angle, "edges", thresholds, False


def main():
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "expected.txt")
    with open(path, "w") as out:
        last = None
        for size, kind, key, angle, function, (lower, upper), masked in cases():
            result = pixelsort(
                picture(kind, size), mask_image=mask(size, 7) if masked else None,
                interval_image=mask(size, 9) if function.startswith("file") else None,
                sorting_function=key, interval_function=function, lower_threshold=lower,
                upper_threshold=upper, angle=angle)
            assert result.size == size
            case = (*size, kind, key, angle, function, lower, upper, "masked" if masked else "whole")
            # What equals the line before is left out.
            words = ["-" if last and a == b else str(a) for a, b in zip(case, last or case)]
            last = case
            out.write(" ".join(words + [digest(result)]) + "\n")


main()
