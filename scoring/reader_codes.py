"""The codes of a campaign's readers in datasets, receipts and figures."""

from __future__ import annotations

from django.db.models import Min

from reading.models import Campaign, SignedValues


def reader_codes(campaign: Campaign) -> dict[int, str]:
    """R01, R02 ... for everyone who has signed, in the order of their first signatures; a code never changes."""
    signed = SignedValues.objects.filter(step__read__case__campaign=campaign)
    people = signed.values("step__read__reader").annotate(first=Min("pk")).order_by("first")
    ids = people.values_list("step__read__reader", flat=True)
    return {reader: f"R{place:02d}" for place, reader in enumerate(ids, start=1)}
