"""Names and texts of other people's, on their way to a terminal, a table or a database.

A name that comes from the file system may hold any bytes: control characters that steer a terminal, signs that turn
what follows around, and bytes that are no UTF-8, which Python keeps as surrogates that nothing else takes.
"""

from __future__ import annotations

import unicodedata

HARMLESS = "\u200c\u200d"  # joiners, which some scripts need


def printable(text: str) -> str:
    r"""Return the text with an escape for each character that can't be seen, such as ``\x1b`` or ``\u202e``.

    A byte of a file name that is no UTF-8 is written as such: ``\xfc``. What any script writes names with stays.
    """
    return "".join(map(_shown, text))


def _shown(character: str) -> str:
    # Controls, formats, surrogates, line and paragraph ends.
    if unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Zl", "Zp") or character in HARMLESS:
        return character
    number = ord(character)
    if 0xDC80 <= number <= 0xDCFF:
        number -= 0xDC00
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def is_text(name: str) -> bool:
    """Return whether the name can be written as UTF-8: a database and JSON's readers take no other."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
