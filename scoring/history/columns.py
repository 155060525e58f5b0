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
SHOWN_IN = (f"{READ}__case_id", "timepoint_id")


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
    return [
        *columns_of_reads(campaign, known),
        *columns_of_items(instrument_of_history(campaign)),
        Column("revision", "Revision", lambda row: cell_link(campaign, row), field="revision"),
        Column(
            "method",
            "Method",
            "get_entry_display",
            filter=ChoiceFilter("entry", ENTRIES),
            field="entry",
            labels=dict(ENTRIES),
        ),
        Column("captured", "Reader's clock", "captured_at", field="captured_at"),
        Column("clock", "Clock", lambda good: "" if good else "implausible", field=("captured_plausible",)),
        Column("saved", "Saved", "saved_at", filter=MomentFilter("saved_at"), field="saved_at"),
        Column("after", "After signature", yes_or_no, filter=YES_OR_NO, field=("after_signature",)),
        Column("reason", "Reason", reason_of, field=("change_reason", "change_note")),
        Column("state", "Signature", signature_state, field=("version", "version_at", "replaced_at")),
    ]


def columns_of_reads(campaign: Campaign, known: Identities | None) -> list[Column]:
    """Whose entry it is, and on which timepoint."""
    return [
        Column(
            "case",
            "Case",
            "timepoint.step.read.case.number",
            filter=NumberFilter(f"{READ}__case__number"),
            field=f"{READ}__case__number",
        ),
        Column("read", "Read", "timepoint.step.read.token", field=f"{READ}__token"),
        Column(
            "reader",
            "Reader",
            lambda name, email: name or email,
            filter=ChoiceFilter(f"{READ}__reader", lambda: readers_of(campaign)),
            field=(f"{READ}__reader__name", f"{READ}__reader__email"),
        ),
        *([Column("subject", "Subject", known.subject, field=SHOWN_IN)] if known else []),
        *([Column("visit", "Visit", known.visit, field=SHOWN_IN)] if known else []),
        Column("letter", "Letter", "timepoint.letter", field="timepoint__letter"),
    ]


def columns_of_items(instrument: Instrument) -> list[Column]:
    """The place of a cell, and its content before and after the revision."""

    def of_item(text: Callable[[Item], str]) -> Callable[[str], str]:
        return lambda item: text(instrument.item(item))

    def content(value: int | None, reason: str | None) -> str:
        return content_of(value, reason_in_words(instrument, reason) if reason else "")

    return [
        Column("side", "Side", of_item(lambda item: SIDE_NAMES[item.side]), field=("item",)),
        Column(
            "joint",
            "Joint",
            of_item(lambda item: item.label),
            filter=by_item(instrument, "joint", joint_name),
            field=("item",),
        ),
        Column(
            "feature",
            "Feature",
            of_item(lambda item: FEATURE_LABELS[item.feature]),
            filter=by_item(instrument, "feature", FEATURE_LABELS.__getitem__),
            field=("item",),
        ),
        Column("old", "Old", content, field=("old_value", "old_reason")),
        Column("new", "New", content, field=("value", "reason")),
    ]


YES_OR_NO = ChoiceFilter("after_signature", [("True", "yes"), ("False", "no")])


def yes_or_no(value: bool) -> str:
    """The words of the filter."""
    return "yes" if value else "no"


def cell_link(campaign: Campaign, row: ItemScore) -> Link:
    """The revision's number, leading to the page of its cell."""
    return Link(
        str(row.revision), reverse("scoring:score_cell", args=[campaign.trial.code, row.timepoint.token, row.item])
    )
