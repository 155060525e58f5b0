"""Indications of the side besides the person's judgement: the header, the file name, a letter found on the film."""

from __future__ import annotations

import re
from dataclasses import dataclass

from config.errors import BadInput
from studies.models import Film

SIDE_WORDS = {"L": "left", "R": "right", "B": "both sides"}
LEFT_WORDS, RIGHT_WORDS = (
    ("l", "lt", "li", "left", "links", "lh", "lf"),
    ("r", "rt", "re", "right", "rechts", "rh", "rf"),
)
IN_NAMES = dict.fromkeys(LEFT_WORDS, "L") | dict.fromkeys(RIGHT_WORDS, "R")
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
HEADER, FILE_NAME, LETTER = "the header", "the name of the file", "the letter on the film"


@dataclass(frozen=True)
class Witness:
    """One source and the side it indicates."""

    source: str
    side: str

    @property
    def says(self) -> str:
        """The indication in words, for the person at the desk."""
        return f"{self.source} says {SIDE_WORDS[self.side]}"

    def contradicts(self, side: str) -> bool:
        """A film of both sides may carry the letter of only one."""
        return self.side != side and not (side == "B" and self.source == LETTER)


def witnesses(film: Film) -> list[Witness]:
    """Every source that indicates a side; a source that names both sides indicates none."""
    letters = film.header.get("SideLetters") or []
    said = [
        (HEADER, str(film.header.get("Side") or "")),
        (FILE_NAME, side_in_name(film.original_name)),
        (LETTER, letters[0] if len(letters) == 1 else ""),
    ]
    return [Witness(source, side) for source, side in said if side in SIDE_WORDS]


def side_in_name(name: str) -> str:
    """L or R if a word in the file name indicates it and no other word contradicts it; empty otherwise."""
    stem = name.rpartition(".")[0] or name
    sides = {IN_NAMES[word.lower()] for word in WORD.findall(stem) if word.lower() in IN_NAMES}
    return sides.pop() if len(sides) == 1 else ""


def check_side(film: Film, side: str, *, confirmed: bool) -> None:
    """Refuses a side that a source contradicts until the person confirms that they checked it again."""
    against = [one.says for one in witnesses(film) if one.contradicts(side)]
    if against and not confirmed:
        seen = f"You see {SIDE_WORDS[side]}, but {' and '.join(against)}."
        raise BadInput(f"{seen} Look again, and confirm the side if it is correct.", field="side_confirmed")
