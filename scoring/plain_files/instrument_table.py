"""An instrument printed like the table in its paper, and as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from instruments import Instrument, Item
from instruments.facts import Fact
from instruments.layout import layout_of
from instruments.not_assessable import ABSENT


def as_data(instrument: Instrument) -> dict[str, Any]:
    """The whole definition; grades of a wording are keyed by their number as text."""
    return {
        "key": instrument.key,
        "version": instrument.version,
        "title": instrument.title,
        "features": list(instrument.features),
        "maximum": instrument.maximum,
        "unit": instrument.unit,
        "maxima": {place(block): largest for block, largest in blocks(instrument)},
        "unverified": instrument.unverified,
        "items": [{**asdict(item), "paramcd": item.paramcd, "largest": item.largest} for item in instrument.items],
        "wordings": {
            key: {feature: {str(grade): text for grade, text in texts.items()} for feature, texts in features.items()}
            for key, features in instrument.wordings.items()
        },
        "default_wording": instrument.default_wording,
        "reasons": [asdict(reason) for reason in (*instrument.reasons, ABSENT)],
        "citation": instrument.citation,
        "provenance": [{**asdict(fact), "mark_says": fact.mark.says} for fact in instrument.provenance],
    }


def as_text(instrument: Instrument) -> str:
    """Sites with their range on each side, maxima, grade texts, reasons, and where each fact comes from."""
    parts = [
        [f"{instrument.title} ({instrument.key} version {instrument.version}), 0-{instrument.maximum}"],
        ["This instrument has unverified parts, which a charter must acknowledge (see G and ? below)."]
        if instrument.unverified
        else [],
        [""],
        list(sites(instrument)),
        [""],
        list(maxima(instrument)),
        *(["", *wording(instrument, key)] for key in instrument.wordings),
        [
            "",
            "Not assessable, by reason:",
            *(f"  {reason.code:<11}{reason.label}" for reason in (*instrument.reasons, ABSENT)),
        ],
        ["", "Facts, each with its mark (V read in the source, C computed, G not verified, ? not found):"],
        [fact_text(fact) for fact in instrument.provenance],
        ["", f"Reference: {instrument.citation}"],
    ]
    return "\n".join(line for part in parts for line in part)


def overview(instruments: Iterator[Instrument]) -> str:
    """One line per instrument."""
    rows = [f"{'Key':<16}{'Version':<9}{'Values':<8}{'Range':<8}Title"]
    for one in instruments:
        title = f"{one.title} - unverified parts" if one.unverified else one.title
        rows.append(f"{one.key:<16}{one.version:<9}{len(one.items):<8}{f'0-{one.maximum}':<8}{title}")
    return "\n".join(rows)


def sites(instrument: Instrument) -> Iterator[str]:
    yield f"{'':<6}{'Site':<42}" + "".join(f"{feature:<13}" for feature in instrument.features) + "Item keys (left)"
    for region in instrument.regions:
        left = instrument.items_of(region=region, side="L")
        for label in dict.fromkeys(item.label for item in left):
            here = [item for item in left if item.label == label]
            yield (
                f"{region:<6}{label:<42}" + "".join(cell(here, feature) for feature in instrument.features) + keys(here)
            )
    yield "Left and right alike: reading order is left hand, right hand, left foot, right foot."


def cell(items: list[Item], feature: str) -> str:
    found = next((item for item in items if item.feature == feature), None)
    if found is None:
        return f"{'-':<13}"
    times = f" x {found.weight}" if found.weight > 1 else ""
    return f"{f'{min(found.allowed)}-{max(found.allowed)}{times}':<13}"


def keys(items: list[Item]) -> str:
    return "  ".join(item.key for item in items)


def blocks(instrument: Instrument) -> Iterator[tuple[tuple[str, str], int]]:
    layout = layout_of(instrument)
    for block, largest in zip(layout.blocks, layout.cell_largest @ layout.cell_in_block, strict=True):
        yield block, int(largest) // instrument.unit


def place(block: tuple[str, str]) -> str:
    return f"{block[0]}, {block[1]}"


def maxima(instrument: Instrument) -> Iterator[str]:
    for block, largest in blocks(instrument):
        yield f"{place(block):<24}0-{largest}"
    yield f"{'total':<24}0-{instrument.maximum}"


def wording(instrument: Instrument, key: str) -> Iterator[str]:
    yield f"Grades, wording {key}{' (default)' if key == instrument.default_wording else ''}:"
    for feature, texts in instrument.wordings[key].items():
        for grade, text in texts.items():
            yield f"  {feature:<14}{grade:<4}{text}"


def fact_text(fact: Fact) -> str:
    return f"  [{fact.mark}] {fact.about}: {fact.says} ({fact.source})"
