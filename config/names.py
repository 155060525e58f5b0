"""Names shown to people: no invisible characters, none that reverse the text, one alphabet in each word."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from config.errors import BadInput
from config.wording import both, quoted

# Invisible and directional characters, control characters, line ends, private and unassigned code points, surrogates.
UNSEEN = {"Cf", "Cc", "Zl", "Zp", "Co", "Cn", "Cs"}
INVISIBLE = frozenset("\u034f\u115f\u1160\u2800\u3164\uffa0") | {chr(code) for code in range(0xFE00, 0xFE10)}
# Styled letters and digits: mathematical, full-width, in circles or squares.
DRAWN = ("<font>", "<wide>", "<narrow>", "<circle>", "<square>")
# Alphabets that may be mixed in one word; every other mixture is refused.
WRITTEN_TOGETHER = ({"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"}, {"CJK", "HANGUL"}, {"CJK", "BOPOMOFO"})
ORDINALS = "ªº"  # letters by their category, but of no alphabet
# Letters of other alphabets that look like Latin ones, so that a whole word can be imitated.
IMITATED = dict(
    zip(
        "АВЕЅІЈКМНОРСТУХԚԜаеѕіјорсухһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧονυιᎪᎢᏟօհոսցԼՕՏ",
        "ABESIJKMHOPCTYXQWaesijopcyxhdqwABEZHIKMNOPTYXovuiATCohnugLOS",
        strict=True,
    )
)


def demand_readable(thing: str, name: str, *, field: str = "") -> str:
    """The name in composed form; BadInput names the first character or word that could be misleading."""
    name = unicodedata.normalize("NFC", name)
    for sign in name:
        if unicodedata.category(sign) in UNSEEN or sign in INVISIBLE or decorated(sign):
            text = f"The {thing} contains the character U+{ord(sign):04X}, which is hidden or imitates another."
            raise BadInput(f"{text} Remove it.", field=field)
    for word in name.split():
        if len(mixed := alphabets(word)) > 1 and not any(mixed <= together for together in WRITTEN_TOGETHER):
            said = both(sorted(alphabet.capitalize() for alphabet in mixed))
            text = f"The {thing} has the word {quoted(word)}, which mixes letters of the alphabets {said}."
            raise BadInput(f"{text} Type it in one alphabet.", field=field)
    return name


def decorated(sign: str) -> bool:
    """Whether the character is a styled variant of another one."""
    return unicodedata.decomposition(sign).startswith(DRAWN)


def alphabets(word: str) -> set[str]:
    """The alphabets of the letters in a word.

    >>> sorted(alphabets("Zoë-2")), sorted(alphabets("p\\u0430ul"))
    (['LATIN'], ['CYRILLIC', 'LATIN'])
    """
    letters = [sign for sign in word if sign.isalpha() and sign not in ORDINALS]
    return {unicodedata.name(sign, "UNKNOWN").split()[0] for sign in letters}


def likeness(name: str) -> str:
    """The appearance of a name: two different names with the same likeness look alike.

    >>> likeness("Соса"), likeness("Coca")
    ('coca', 'coca')
    """
    return "".join(IMITATED.get(sign, sign) for sign in unicodedata.normalize("NFC", name)).casefold()


def imitated(name: str, others: Iterable[str]) -> str:
    """The first other name that this name imitates in letters of another alphabet; an equal name is no imitation."""
    same = likeness(name)
    return next((other for other in others if likeness(other) == same and other.casefold() != name.casefold()), "")
