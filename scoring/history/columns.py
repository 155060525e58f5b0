"""The columns and filters of the score history."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from config.cells import Column, Link
from config.filters import ChoiceFilter, MomentFilter, NumberFilter
from instruments.definition import SIDE_NAMES, Instrument, Item
from instruments.scored_joints import joint_name
from reading.models import Campaign, ItemScore
from reading.models.capture import ENTRIES
from reading.room.blinded import FEATURE_LABELS
from reading.room.impossible_codes import reason_in_words
from scoring.history.revisions import Identities, content_of, instrument_of_history, reason_of, signature_state

READ = "timepoint__step__read"


@dataclass(frozen=True)
class ItemsFilter(ChoiceFilter):
    """Rows of the items that have a property, such as a joint."""

    items: Sequence[Item] = ()
    kind: ClassVar[str] = "choice"

    def query(self, label: str, values: Mapping[str, str]) -> Q:
        """The condition that the row's item has the property."""
        wanted = self._known(label, values[""])
        return Q(item__in=[item.key for item in self.items if str(getattr(item, self.field)) == wanted])


def by_item(instrument: Instrument, name: str, label: Callable[[str], str]) -> ItemsFilter:
    """A filter by a property of the items, in their order."""
    values = dict.fromkeys(str(getattr(item, name)) for item in instrument.items)
    return ItemsFilter(name, [(value, label(value)) for value in values], instrument.items)


def readers_of(campaign: Campaign) -> list[tuple[int, str]]:
    """Everybody who was issued a read, by name."""
    people = User.objects.filter(reads__case__campaign=campaign).distinct().order_by("name")
    return [(person.pk, str(person)) for person in people]


def columns_of(campaign: Campaign, known: Identities | None) -> list[Column]:
    """The columns in reading order; subject and visit for people who may see them."""
    instrument = instrument_of_history(campaign)
    identified = [Column("subject", "Subject", known.subject), Column("visit", "Visit", known.visit)] if known else []
    return [
        Column("case", "Case", "timepoint.step.read.case.number", filter=NumberFilter(f"{READ}__case__number")),
        Column("read", "Read", "timepoint.step.read.token"),
        Column(
            "reader",
            "Reader",
            "timepoint.step.read.reader",
            filter=ChoiceFilter(f"{READ}__reader", lambda: readers_of(campaign)),
        ),
        *identified,
        Column("letter", "Letter", "timepoint.letter"),
        *columns_of_items(instrument),
        Column("revision", "Revision", lambda row: cell_link(campaign, row)),
        Column("method", "Method", "get_entry_display", filter=ChoiceFilter("entry", ENTRIES)),
        Column("captured", "Reader's clock", "captured_at"),
        Column("clock", "Clock", lambda row: "" if row.captured_plausible else "implausible"),
        Column("saved", "Saved", "saved_at", filter=MomentFilter("saved_at")),
        Column("after", "After signature", lambda row: "yes" if row.after_signature else "no", filter=YES_OR_NO),
        Column("reason", "Reason", reason_of),
        Column("state", "Signature", signature_state),
    ]


def columns_of_items(instrument: Instrument) -> list[Column]:
    """The place of a cell, and its content before and after the revision."""

    def of_item(text: Callable[[Item], str]) -> Callable[[ItemScore], str]:
        return lambda row: text(instrument.item(row.item))

    def content(value: int | None, reason: str | None) -> str:
        return content_of(value, reason_in_words(instrument, reason) if reason else "")

    return [
        Column("side", "Side", of_item(lambda item: SIDE_NAMES[item.side])),
        Column("joint", "Joint", of_item(lambda item: item.label), filter=by_item(instrument, "joint", joint_name)),
        Column(
            "feature",
            "Feature",
            of_item(lambda item: FEATURE_LABELS[item.feature]),
            filter=by_item(instrument, "feature", FEATURE_LABELS.__getitem__),
        ),
        Column("old", "Old", lambda row: content(row.old_value, row.old_reason)),
        Column("new", "New", lambda row: content(row.value, row.reason)),
    ]


YES_OR_NO = ChoiceFilter("after_signature", [("True", "yes"), ("False", "no")])


def cell_link(campaign: Campaign, row: ItemScore) -> Link:
    """The revision's number, leading to the page of its cell."""
    return Link(
        str(row.revision), reverse("scoring:score_cell", args=[campaign.trial.code, row.timepoint.token, row.item])
    )
