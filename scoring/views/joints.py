"""Agreement at every joint over one interval, drawn and as a list, and the cases in which the reads differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from accounts.roles import Action
from config.cells import Column, Link
from config.listing import Listing
from instruments.definition import Item
from reading.campaigns.analysis_of_record import timing_of
from reading.models import Campaign, CampaignStatus, Case
from scoring.agreement.joints import FEWEST, JointAgreement
from scoring.ratings.joints import JointGrades, joint_grades
from scoring.views.agreement_choice import campaign_for, one_of

FIGURES: Mapping[str, str] = {
    "difference": "Mean absolute difference (grades)",
    "exact": "Exact agreement",
    "positive": "Positive agreement",
    "share": "Share of the difference in change",
    "not_assessable": "Not assessable",
}
# For these, a larger value is better: the drawing is darker where it is smaller.
AGREEMENT = ("exact", "positive")
SHADES = 5
Row = dict[str, Any]


@dataclass(frozen=True)
class JointRow:
    """An item with its figures and the address of its cases."""

    item: Item
    found: JointAgreement
    address: str

    @property
    def name(self) -> str:
        """Side and joint."""
        return self.item.place

    def figure(self, name: str) -> float | None:
        """A figure by its name."""
        value: float | None = getattr(self.found, name)
        return value

    def text(self, name: str) -> str:
        """A figure as shown on a page and in a CSV file."""
        value = self.figure(name)
        if value is None:
            return "Too few" if self.found.too_few else "Not known"
        return f"{value:.3f}"


def joints(request: HttpRequest, code: str, slug: str) -> HttpResponseBase:
    """The drawn hands and feet shaded by one figure, and the list of all figures."""
    _, campaign = campaign_for(request, code, slug, Action.SEE_AGREEMENT)
    grades = joint_grades(campaign)
    context: Row = {"trial": campaign.trial, "campaign": campaign, "figures": FIGURES, "fewest": FEWEST}
    context["timing"] = timing_of(campaign)
    if not grades.visits.ends or not grades.shown.any():
        return render(request, "scoring/joints.html", context)
    end, features = interval_of(request, grades), feature_names(grades)
    feature = one_of(request.GET.get("feature", features[0]), features, "feature")
    figure = one_of(request.GET.get("figure", "difference"), tuple(FIGURES), "statistic")
    rows = [row_of(campaign, item, found, end) for item, found in grades.agreement(end) if item.feature == feature]
    context |= {"start": grades.visits.every[0], "end": end, "ends": grades.visits.ends, "features": features}
    context |= {"feature": feature, "figure": figure, "figure_name": FIGURES[figure], "map": drawn(rows, figure)}
    return list_of(request, rows, grades.shown.shape[1]).respond("scoring/joints.html", context)


def interval_of(request: HttpRequest, grades: JointGrades) -> str:
    """The visit that ends the interval: the last planned one unless another is chosen."""
    last = grades.visits.end("") or grades.visits.ends[-1]
    return one_of(request.GET.get("interval", last), grades.visits.ends, "end of the interval")


def feature_names(grades: JointGrades) -> list[str]:
    """Erosion and narrowing, or the grade, depending on the instrument."""
    return list(dict.fromkeys(item.feature for item in grades.instrument.items))


def row_of(campaign: Campaign, item: Item, found: JointAgreement, end: str) -> JointRow:
    """A joint of the list."""
    address = reverse("scoring:joint_cases", args=[campaign.trial.code, campaign.code, item.key])
    return JointRow(item, found, f"{address}?interval={end}")


def list_of(request: HttpRequest, rows: list[JointRow], reads: int) -> Listing:
    """The joints with every figure."""
    counted = "Cases graded by both" if reads == 2 else "Pairs of reads with both grades"
    columns = [
        Column("joint", "Joint", lambda row: Link(row.name, row.address), "joint"),
        Column("region", "Region", lambda row: row.item.region.capitalize(), "region"),
        Column("n", counted, lambda row: row.found.n, "n"),
        Column("nonzero", "Of these, with damage", lambda row: row.found.nonzero, "nonzero"),
        *(figure_column(name) for name in FIGURES),
    ]
    return Listing(
        request, rows, columns=columns, name="joints", caption="Agreement by joint", search=["joint"], per_page=100
    )


def figure_column(name: str) -> Column:
    """The column of a figure."""

    def value(row: JointRow) -> str:
        return row.text(name)

    return Column(name, FIGURES[name], value, name)


def drawn(rows: list[JointRow], figure: str) -> list[Row]:
    """The joints for the drawing, on one scale: 0 to 1 for agreement, 0 to the largest value for the others."""
    values = [abs(row.figure(figure) or 0) for row in rows]
    largest = 1.0 if figure in AGREEMENT else max(values, default=0) or 1.0
    return [mark(row, figure, largest) for row in rows]


def mark(row: JointRow, figure: str, largest: float) -> Row:
    """A joint of the drawing; strength 0 to 4, darker where readers agree less, null where the figure is not known."""
    item, value = row.item, row.figure(figure)
    place = {"side": item.side, "view": item.region, "joint": item.joint, "address": row.address}
    text = f"{row.name}: {FIGURES[figure].lower()} {row.text(figure).lower()}"
    if value is None:
        return place | {"strength": None, "text": text}
    worse = 1 - value if figure in AGREEMENT else max(value, 0) / largest
    return place | {"strength": min(int(worse * SHADES), SHADES - 1), "text": text}


def joint_cases(request: HttpRequest, code: str, slug: str, item: str) -> HttpResponseBase:
    """The cases in which the primary reads differ at an item; grades are shown once the campaign is closed."""
    _, campaign = campaign_for(request, code, slug, Action.SEE_AGREEMENT)
    grades = joint_grades(campaign)
    key = one_of(item, tuple(grades.instrument.positions), "item")
    found = grades.instrument.item(key)
    context: Row = {"trial": campaign.trial, "campaign": campaign, "item": found}
    if not grades.visits.ends or campaign.status not in (CampaignStatus.CLOSED, CampaignStatus.LOCKED):
        return render(request, "scoring/joint_cases.html", context)
    start, end = grades.visits.every[0], interval_of(request, grades)
    listing = cases_list(request, grades.differing(key, end), start, end, grades.shown.shape[1])
    return listing.respond("scoring/joint_cases.html", context | {"start": start, "end": end})


Pair = tuple[float | None, float | None]
CaseRow = tuple[Case, list[Pair]]


def cases_list(request: HttpRequest, rows: list[CaseRow], start: str, end: str, reads: int) -> Listing:
    """A case with the grades of its reads at both visits."""
    grades = [grade_column(read, place, visit) for place, visit in enumerate((start, end)) for read in range(reads)]
    return Listing(
        request,
        rows,
        columns=[Column("case", "Case", lambda row: row[0].number, "case"), *grades],
        name="joint-cases",
        caption="Cases that differ",
        empty="The reads gave the same grade in every case.",
    )


def grade_column(read: int, place: int, visit: str) -> Column:
    """The grade of one read at the start or the end of the interval."""

    def value(row: CaseRow) -> str:
        grade = row[1][read][place]
        return "Not graded" if grade is None else f"{grade:g}"

    return Column(f"read-{read + 1}-{place}", f"Read {read + 1}, {visit}", value)
