"""Why a site is not assessable: the reasons a reader can choose, and the one that the system records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from instruments.facts import Fact, Mark


@dataclass(frozen=True)
class Reason:
    """Why a site was not assessable."""

    code: str
    label: str
    operated: bool = False

    @property
    def short(self) -> str:
        """Two letters for a narrow cell on paper, explained in a legend."""
        return self.code[:2].lower()


# Recorded by the system for a film that does not exist; a reader cannot choose it.
ABSENT = Reason("ABSENT", "the film is absent")

REASONS = (
    Reason("IMAGE", "missing image"),
    Reason("SURGERY", "surgery or prosthesis", operated=True),
    Reason("OVERLAP", "overlap"),
    Reason("PROJECTION", "projection"),
    Reason("EXPOSURE", "exposure"),
    Reason("OTHER", "other"),
)

REASONS_FACT = Fact(
    "reasons",
    "A site not scored is kept with its reason. Published example reasons: missing anatomy, joint replacement, "
    "surgical alteration, inadequate image quality. The six reasons offered here are our own list.",
    Mark.GENERAL,
    "SDTMIG MK example (kept rows and example reasons); the list itself is ours",
)


class UnknownReason(ValueError):
    """A code that is not a reason why a site is not assessable."""

    def __init__(self, code: str, allowed: Iterable[Reason]) -> None:
        super().__init__(f"The reason cannot be “{code}”. Give one of {', '.join(reason.code for reason in allowed)}.")
        self.code = code
