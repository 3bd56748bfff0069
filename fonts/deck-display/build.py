#!/usr/bin/env python3
"""Makes DeckDisplay-Regular.ttf, which lies beside this file, of the dots below. Needs fonttools.

A deck's character generator holds five by seven dots to a letter. It doubles them, and where two meet only at their
corners it fills the steps between, so that diagonals do not fall apart. Cells are 12 dots wide and 18 high, and their
14 rows of dots stand on the baseline.
"""
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

LETTERS = {
    'A': ".###. #...# #...# ##### #...# #...# #...#",
    'B': "####. #...# #...# ####. #...# #...# ####.",
    'C': ".###. #...# #.... #.... #.... #...# .###.",
    'D': "####. #...# #...# #...# #...# #...# ####.",
    'E': "##### #.... #.... ####. #.... #.... #####",
    'F': "##### #.... #.... ####. #.... #.... #....",
    'G': ".###. #...# #.... #.### #...# #...# .###.",
    'H': "#...# #...# #...# ##### #...# #...# #...#",
    'I': ".###. ..#.. ..#.. ..#.. ..#.. ..#.. .###.",
    'J': "..### ...#. ...#. ...#. ...#. #..#. .##..",
    'K': "#...# #..#. #.#.. ##... #.#.. #..#. #...#",
    'L': "#.... #.... #.... #.... #.... #.... #####",
    'M': "#...# ##.## #.#.# #.#.# #...# #...# #...#",
    'N': "#...# ##..# #.#.# #..## #...# #...# #...#",
    'O': ".###. #...# #...# #...# #...# #...# .###.",
    'P': "####. #...# #...# ####. #.... #.... #....",
    'Q': ".###. #...# #...# #...# #.#.# #..#. .##.#",
    'R': "####. #...# #...# ####. #.#.. #..#. #...#",
    'S': ".###. #...# #.... .###. ....# #...# .###.",
    'T': "##### ..#.. ..#.. ..#.. ..#.. ..#.. ..#..",
    'U': "#...# #...# #...# #...# #...# #...# .###.",
    'V': "#...# #...# #...# #...# #...# .#.#. ..#..",
    'W': "#...# #...# #...# #.#.# #.#.# ##.## #...#",
    'X': "#...# #...# .#.#. ..#.. .#.#. #...# #...#",
    'Y': "#...# #...# .#.#. ..#.. ..#.. ..#.. ..#..",
    'Z': "##### ....# ...#. ..#.. .#... #.... #####",
    '0': ".###. #...# #...# #...# #...# #...# .###.",
    '1': "..#.. .##.. ..#.. ..#.. ..#.. ..#.. .###.",
    '2': ".###. #...# ....# ...#. ..#.. .#... #####",
    '3': "##### ...#. ..#.. ...#. ....# #...# .###.",
    '4': "...#. ..##. .#.#. #..#. ##### ...#. ...#.",
    '5': "##### #.... ####. ....# ....# #...# .###.",
    '6': "..##. .#... #.... ####. #...# #...# .###.",
    '7': "##### ....# ...#. ..#.. ..#.. ..#.. ..#..",
    '8': ".###. #...# #...# .###. #...# #...# .###.",
    '9': ".###. #...# #...# .#### ....# ...#. .##..",
    ':': "..... ..#.. ..#.. ..... ..#.. ..#.. .....",
    '.': "..... ..... ..... ..... ..... .##.. .##..",
    ',': "..... ..... ..... ..... .##.. ..#.. .#...",
    '-': "..... ..... ..... ##### ..... ..... .....",
    '+': "..... ..#.. ..#.. ##### ..#.. ..#.. .....",
    '=': "..... ..... ##### ..... ##### ..... .....",
    '/': "..... ....# ...#. ..#.. .#... #.... .....",
    '!': "..#.. ..#.. ..#.. ..#.. ..#.. ..... ..#..",
    '?': ".###. #...# ....# ...#. ..#.. ..... ..#..",
    "'": "..#.. ..#.. .#... ..... ..... ..... .....",
    '"': ".#.#. .#.#. .#.#. ..... ..... ..... .....",
    '(': "...#. ..#.. .#... .#... .#... ..#.. ...#.",
    ')': ".#... ..#.. ...#. ...#. ...#. ..#.. .#...",
    '<': "...#. ..#.. .#... #.... .#... ..#.. ...#.",
    '>': ".#... ..#.. ...#. ....# ...#. ..#.. .#...",
    '*': "..... #.#.# .###. ##### .###. #.#.# .....",
    '#': ".#.#. .#.#. ##### .#.#. ##### .#.#. .#.#.",
    '%': "##... ##..# ...#. ..#.. .#... #..## ...##",
    '&': ".##.. #..#. #.#.. .#... #.#.# #..#. .##.#",
    '_': "..... ..... ..... ..... ..... ..... #####",
    'a': "..... ..... .###. ....# .#### #...# .####",
    'b': "#.... #.... #.##. ##..# #...# #...# ####.",
    'c': "..... ..... .###. #.... #.... #...# .###.",
    'd': "....# ....# .##.# #..## #...# #...# .####",
    'e': "..... ..... .###. #...# ##### #.... .###.",
    'f': "..##. .#..# .#... ###.. .#... .#... .#...",
    'g': "..... .#### #...# #...# .#### ....# .###.",
    'h': "#.... #.... #.##. ##..# #...# #...# #...#",
    'i': "..#.. ..... .##.. ..#.. ..#.. ..#.. .###.",
    'j': "...#. ..... ..##. ...#. ...#. #..#. .##..",
    'k': "#.... #.... #..#. #.#.. ##... #.#.. #..#.",
    'l': ".##.. ..#.. ..#.. ..#.. ..#.. ..#.. .###.",
    'm': "..... ..... ##.#. #.#.# #.#.# #...# #...#",
    'n': "..... ..... #.##. ##..# #...# #...# #...#",
    'o': "..... ..... .###. #...# #...# #...# .###.",
    'p': "..... ..... ####. #...# ####. #.... #....",
    'q': "..... ..... .##.# #..## .#### ....# ....#",
    'r': "..... ..... #.##. ##..# #.... #.... #....",
    's': "..... ..... .###. #.... .###. ....# ####.",
    't': ".#... .#... ###.. .#... .#... .#..# ..##.",
    'u': "..... ..... #...# #...# #...# #..## .##.#",
    'v': "..... ..... #...# #...# #...# .#.#. ..#..",
    'w': "..... ..... #...# #...# #.#.# #.#.# .#.#.",
    'x': "..... ..... #...# .#.#. ..#.. .#.#. #...#",
    'y': "..... ..... #...# #...# .#### ....# .###.",
    'z': "..... ..... ##### ...#. ..#.. .#... #####",
    ';': "..... .##.. .##.. ..... .##.. ..#.. .#...",
    '[': ".###. .#... .#... .#... .#... .#... .###.",
    ']': ".###. ...#. ...#. ...#. ...#. ...#. .###.",
    '$': "..#.. .#### #.#.. .###. ..#.# ####. ..#..",
    '@': ".###. #...# ....# .##.# #.#.# #.#.# .###.",
    '°': ".##.. #..#. #..#. .##.. ..... ..... .....",
    '~': "..... ..... .#... #.#.# ...#. ..... .....",
    '|': "..#.. ..#.. ..#.. ..#.. ..#.. ..#.. ..#..",
    '×': "..... #...# .#.#. ..#.. .#.#. #...# .....",
}

# Width and height of a dot, in 1800ths of an em: dots of a 4:3 picture are a little narrower than high.
DOT_WIDTH, DOT_HEIGHT, EM = 86, 100, 1800
CELL = 12
ROWS = 14


def doubled(rows):
    """The dots, (x, y) from the upper left of a cell, of a letter of five by seven."""
    rows = rows.split()
    assert len(rows) == 7 and all(len(row) == 5 for row in rows), rows

    def on(x, y):
        return rows[y][x] == "#"

    dots = {(2 * x + i, 2 * y + j) for y in range(7) for x in range(5) if on(x, y) for i in (0, 1) for j in (0, 1)}
    for y in range(6):
        for x in range(4):
            a, b, c, d = on(x, y), on(x + 1, y), on(x, y + 1), on(x + 1, y + 1)
            if a and d and not b and not c:
                dots |= {(2 * x + 2, 2 * y + 1), (2 * x + 1, 2 * y + 2)}
            if b and c and not a and not d:
                dots |= {(2 * x + 1, 2 * y + 1), (2 * x + 2, 2 * y + 2)}
    return {(x + 1, y) for x, y in dots}


def drawn(is_on):
    return {(x, y) for y in range(ROWS) for x in range(CELL) if is_on(x, y)}


def all_glyphs():
    glyphs = {letter: doubled(rows) for letter, rows in LETTERS.items()}
    # The marks that a deck draws with dots of its own.
    glyphs["▶"] = drawn(lambda x, y: 1 <= x < 11 and 1 <= y < 13 and (x - 1) / 10 * 6 <= 6 - abs(y - 6.5) + 0.01)
    glyphs["◀"] = drawn(lambda x, y: (11 - x, y) in glyphs["▶"])
    glyphs["▲"] = drawn(lambda x, y: 2 <= y < 12 and abs(x - 5.5) <= (y - 1) / 2)
    glyphs["▼"] = drawn(lambda x, y: (x, 13 - y) in glyphs["▲"])
    glyphs["●"] = drawn(lambda x, y: ((x - 5.5) / 5.2) ** 2 + ((y - 6.5) / 5) ** 2 <= 1)
    glyphs["■"] = drawn(lambda x, y: 1 <= x < 11 and 2 <= y < 12)
    glyphs["‖"] = drawn(lambda x, y: 1 <= y < 13 and (1 <= x < 5 or 7 <= x < 11))
    glyphs["⏸"] = glyphs["‖"]
    glyphs["…"] = {(x, y) for x in (1, 2, 5, 6, 9, 10) for y in (12, 13)}
    glyphs["–"] = glyphs["-"]
    glyphs["’"] = glyphs["'"]
    return glyphs


def contours(dots):
    """The borders of dots, clockwise on the screen, as TrueType fills them; only corners are kept."""
    edges = {}
    for x, y in dots:
        sides = (
            (0, -1, (x, y), (x + 1, y)), (1, 0, (x + 1, y), (x + 1, y + 1)),
            (0, 1, (x + 1, y + 1), (x, y + 1)), (-1, 0, (x, y + 1), (x, y)),
        )
        for dx, dy, start, end in sides:
            if (x + dx, y + dy) not in dots:
                edges.setdefault(start, []).append(end)
    found = []
    while edges:
        start = here = min(edges)
        path, direction = [start], None
        while True:
            ways = edges[here]
            there = ways[0]
            if len(ways) > 1 and direction is not None:
                # Where two dots meet at a corner, turn right: each keeps a border of its own.
                right = (-direction[1], direction[0])
                there = next((w for w in ways if (w[0] - here[0], w[1] - here[1]) == right), there)
            ways.remove(there)
            if not ways:
                del edges[here]
            direction = (there[0] - here[0], there[1] - here[1])
            here = there
            if here == start:
                break
            path.append(here)
        corners = []
        for i, (x, y) in enumerate(path):
            before, after = path[i - 1], path[(i + 1) % len(path)]
            if (before[0] - x, before[1] - y) != (x - after[0], y - after[1]):
                corners.append((x, y))
        found.append(corners)
    return found


def outline(dots):
    pen = TTGlyphPen(None)
    for contour in contours(dots):
        points = [(x * DOT_WIDTH, (ROWS - y) * DOT_HEIGHT) for x, y in contour]
        pen.moveTo(points[0])
        for point in points[1:]:
            pen.lineTo(point)
        pen.closePath()
    return pen.glyph()


def build(path):
    glyphs = all_glyphs()
    names = {letter: "uni%04X" % ord(letter) for letter in glyphs}
    order = [".notdef", "space"] + sorted(names.values())
    font = FontBuilder(EM, isTTF=True)
    font.setupGlyphOrder(order)
    characters = {ord(letter): name for letter, name in names.items()}
    characters[0x20] = characters[0xA0] = "space"
    font.setupCharacterMap(characters)
    box = {(x, y) for x in range(1, 11) for y in range(ROWS) if x in (1, 10) or y in (0, 13)}
    outlines = {".notdef": outline(box), "space": outline(set())}
    for letter, dots in glyphs.items():
        outlines[names[letter]] = outline(dots)
    font.setupGlyf(outlines)
    table = font.font["glyf"]
    font.setupHorizontalMetrics({n: (CELL * DOT_WIDTH, getattr(table[n], "xMin", 0) or 0) for n in order})
    font.setupHorizontalHeader(ascent=1600, descent=-200)
    font.setupNameTable(dict(
        copyright="© 2026 The onesheet authors", familyName="Deck Display", styleName="Regular",
        uniqueFontIdentifier="Deck Display Regular 1.0", fullName="Deck Display", psName="DeckDisplay-Regular",
        version="Version 1.0",
        licenseDescription="This Font Software is licensed under the SIL Open Font License, Version 1.1.",
        licenseInfoURL="https://scripts.sil.org/OFL"))
    font.setupOS2(
        sTypoAscender=1600, sTypoDescender=-200, sTypoLineGap=0, usWinAscent=1600, usWinDescent=200,
        sCapHeight=1400, sxHeight=1000)
    font.setupPost(isFixedPitch=1)
    # The same bytes on every day.
    font.font["head"].created = font.font["head"].modified = 3849000000
    font.font.recalcTimestamp = False
    font.save(path)


if __name__ == "__main__":
    build(Path(__file__).with_name("DeckDisplay-Regular.ttf"))
