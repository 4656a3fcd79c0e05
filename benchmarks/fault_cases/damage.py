"""How files are damaged: byte by byte, and text value by value. Everything follows from the seed."""

from __future__ import annotations

import random
import re

STRANGE_VALUES = (
    "0", "-1", "1e999", "-1e999", "nan", "inf", "9" * 30, "-" + "9" * 5000, "1979-05-27", "07:32:00", "true", '""', '"\\u0000"',
    '"\\u001b[2J"', '"' + "x" * 200_000 + '"', "[]", "{}", "[" * 3000, "[" * 900 + "]" * 900, '["", 1, {}]', "{a = {b = {c = 1}}}",
    "0x7fffffffffffffff", '"../../etc/passwd"', "1e-320", "'''", "\ud83d".encode("utf-8", "replace").decode(), "null",
)  # fmt: skip
"""Values that may appear where a number or a text is expected."""
_VALUE = re.compile(r"(?<=[=:\[,])\s*(\"[^\"\n]*\"|-?[\d.]+|true|false)")
_BLOCK = 64


def damaged(content: bytes, seed: int) -> bytes:
    """The content with a few random changes."""
    random_ = random.Random(seed)
    held = bytearray(content)
    for _ in range(random_.choice((1, 1, 2, 5, 20))):
        at = random_.randrange(len(held) + 1)
        match random_.randrange(7):
            case 0:
                if at < len(held):
                    held[at] ^= random_.randrange(1, 256)
            case 1:
                del held[at : at + random_.choice((1, 4, _BLOCK, len(held)))]
            case 2:
                held[at:at] = random_.randbytes(random_.choice((1, 4, _BLOCK)))
            case 3:
                held[at : at + _BLOCK] = bytes(min(_BLOCK, max(len(held) - at, 0)))
            case 4:
                held[at : at + 4] = random_.choice((b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\x00\x00\x00\x80"))
            case 5:
                held[at:at] = held[at : at + random_.choice((_BLOCK, 20 * _BLOCK))]
            case 6:
                other = random_.randrange(len(held) + 1)
                held[at : at + _BLOCK], held[other : other + _BLOCK] = (
                    held[other : other + _BLOCK],
                    held[at : at + _BLOCK],
                )
    return bytes(held)


def edited(text: str, seed: int) -> bytes:
    """A text with some of its values replaced by others, or damaged byte by byte."""
    random_ = random.Random(seed)
    if random_.random() < 0.3:
        return damaged(text.encode(), seed)
    for _ in range(random_.choice((1, 1, 2, 4))):
        found = list(_VALUE.finditer(text))
        if not found:
            break
        chosen = random_.choice(found)
        text = f"{text[: chosen.start()]} {random_.choice(STRANGE_VALUES)}{text[chosen.end() :]}"
    return text.encode(errors="surrogatepass")
