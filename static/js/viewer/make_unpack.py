"""Writes unpack.js, the unrolled readers of packed blocks: `python static/js/viewer/make_unpack.py`.

Written out per width because a fixed reader is several times faster than a loop, and a strict policy forbids eval.
"""

from __future__ import annotations

from pathlib import Path

HEAD = """// Made by make_unpack.py: reads one block of 16 values of a fixed width, least significant bits first.
// Each function takes the words, the block's first word, the output and the block's first place in it.
"""


def value(width: int, position: int) -> str:
    """The expression of one value: one word, or the end of one and the beginning of the next."""
    word, shift = divmod(position * width, 16)
    here = f"words[at + {word}]" if word else "words[at]"
    low = f"{here} >>> {shift}" if shift else here
    if shift + width > 16:
        low = f"({low} | words[at + {word + 1}] << {16 - shift})"
    elif shift:
        low = f"({low})"
    return low if width == 16 or (shift and shift + width == 16) else f"{low} & {(1 << width) - 1}"


def function(width: int) -> str:
    """The reader of blocks of one width."""
    if width == 0:
        return "function unpack0(words, at, out, to) {\n  out.fill(0, to, to + 16);\n}\n"
    lines = [f"  out[to{f' + {k}' if k else ''}] = {value(width, k)};" for k in range(16)]
    return f"function unpack{width}(words, at, out, to) {{\n" + "\n".join(lines) + "\n}\n"


def module() -> str:
    """The whole module: one reader per nibble; nibble 15 stands for 16 bits."""
    widths = [*range(15), 16]
    table = ",\n  ".join(f"unpack{width}" for width in widths)
    return HEAD + "\n" + "\n".join(map(function, widths)) + f"\nexport const unpack = [\n  {table},\n];\n"


if __name__ == "__main__":
    Path(__file__).with_name("unpack.js").write_text(module(), encoding="utf-8")
