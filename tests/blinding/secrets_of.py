"""What may differ between two worlds: everything a role must not be able to tell."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

SUBJECTS = 3
SLOTS = 3
VIEWS = (("L", "hand"), ("R", "hand"), ("L", "foot"), ("R", "foot"))


@dataclass(frozen=True)
class Secrets:
    """One world's secrets. A slot is a timepoint by its pixels; `order` says which visit it is, per subject.

    `absent` counts the films of the last slot that do not exist, `foreign` how much more the other site sent,
    `others` how far other readers are, `tilt` shifts every grade alike, `discordant` names the subjects on whom
    the two readers disagree, `planned` how many visits the protocol asks for, `visits`
    how their codes begin, `draw` changes every drawn order.
    `control` (everything goes to the adjudicator), `begun` (the reader has) and `presentation` are no secrets.
    """

    order: tuple[tuple[int, ...], ...] = ((0, 1, 2), (1, 2, 0), (2, 0, 1))
    begins: tuple[int, ...] = (0, 40, 90)
    subjects: tuple[str, ...] = ("S-101", "S-102", "S-103")
    sites: tuple[str, str] = ("01", "02")
    site_of: tuple[int, ...] = (0, 1, 0)
    kinds: tuple[str, ...] = ("scheduled", "scheduled", "scheduled")
    names: str = "alpha"
    upload: int = 0
    arms: tuple[str, ...] = ("placebo", "active", "active")
    foreign: int = 0
    others: str = "issued"
    tilt: int = 0
    discordant: frozenset[int] = frozenset()
    planned: int = 3
    visits: str = "W"
    absent: int = 0
    another_trial: bool = True
    control: bool = True
    draw: str = ""
    begun: bool = True
    presentation: str = "together-random"

    def visit(self, subject: int, slot: int) -> int:
        """The place in time of a slot."""
        return self.order[subject][slot]

    def day(self, subject: int, slot: int) -> date:
        """The day the films of a slot were taken."""
        return date(2024, 1, 8) + timedelta(days=self.begins[subject] + 168 * self.visit(subject, slot))


FIRST = Secrets()
# The second world of fixed pairs: each field under test is taken from here.
SECOND = Secrets(
    order=((2, 1, 0), (0, 2, 1), (1, 0, 2)),
    begins=(300, 10, 150),
    subjects=("Z-9", "A-7777", "M-31"),
    sites=("77", "05"),
    site_of=(1, 0, 1),
    kinds=("scheduled", "rescue", "unscheduled"),
    names="omega",
    upload=5,
    arms=("active", "placebo", "active"),
    foreign=2,
    others="signed",
    tilt=2,
    discordant=frozenset({0, 2}),
    planned=5,
    visits="VISIT-",
    absent=0,
    another_trial=False,
    draw=" drawn otherwise",
)


def mixed(fields: frozenset[str], first: Secrets = FIRST, second: Secrets = SECOND) -> Secrets:
    """The first world with these fields from the second."""
    return replace(first, **{name: getattr(second, name) for name in sorted(fields)})
