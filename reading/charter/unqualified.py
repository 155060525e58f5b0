"""Readers and adjudicators who can be given no case, because their qualification is missing or has expired."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from accounts.models import User
from accounts.roles import READING_ROLES
from config.errors import BadInput
from reading.charter.versions import people_in_role, qualified_today, terms_of
from reading.models import Charter, Qualification


@dataclass(frozen=True)
class Unqualified:
    """A person, and the last day of their last qualification; None where there is none."""

    person: User
    expired_on: date | None

    @property
    def sentence(self) -> str:
        """Why this person gets no new case."""
        if self.expired_on is None:
            return f"{self.person} has no recorded qualification."
        return f"The qualification of {self.person} expired on {self.expired_on:%Y-%m-%d}."


def unqualified_people(charter: Charter, role: str = "") -> list[Unqualified]:
    """Everyone who reads in the trial and gets no new case under this charter; with a role, of that role alone."""
    roles = [role] if role else sorted(READING_ROLES)
    able = {person.pk for one in roles for person in qualified_today(charter, one)}
    people = {person.pk: person for one in roles for person in people_in_role(charter.trial, one)}
    lacking = [people[pk] for pk in sorted(people.keys() - able)]
    held = Qualification.objects.held().filter(trial=charter.trial, instrument=terms_of(charter).instrument)
    last = held.filter(reader__in=lacking).order_by("expires_on").values_list("reader_id", "expires_on")
    expired = dict(last) if lacking else {}
    return [Unqualified(person, expired.get(person.pk)) for person in lacking]


def demand_qualified(charter: Charter, readers: Iterable[User]) -> None:
    """BadInput that names the first of these people who can be given no case."""
    able = {person.pk for person in qualified_today(charter, "reader")}
    expired = {one.person.pk: one for one in unqualified_people(charter, "reader") if one.expired_on}
    for reader in readers:
        if reader.pk in expired:
            text = f"{expired[reader.pk].sentence} Record a new qualification, or choose other readers."
            raise BadInput(text, field="readers")
        if reader.pk not in able:
            text = f"Choose qualified readers of this trial. {reader} has no recorded qualification."
            raise BadInput(text, field="readers")
