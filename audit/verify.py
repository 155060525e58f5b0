"""The complete verification: protection, chains, heads, anchors, and the regulated rows recorded by events."""

from __future__ import annotations

from pathlib import Path

from audit import anchors
from audit.anchor_checks import check_copies, check_in_time, check_numbers
from audit.findings import Report
from audit.protection import unprotected
from audit.trail import Actor, audited_atomic, record
from audit.verify_chain import Chains
from audit.verify_files import check_sealed_rows
from audit.verify_rows import check_rows


def verify(*, from_anchor: Path | None = None, in_time: bool = True) -> Report:
    """Verifies everything and changes nothing. Uses the anchors in the anchor folder and any copy given.

    `in_time` False skips the check that the newest events are anchored: after a restore they cannot be.
    """
    report = Report()
    chains = Chains(report)
    for table in unprotected():
        report.found("no protection", table, "triggers", "missing, disabled or altered")
    check_numbers(report)
    check_copies(report)
    if in_time:
        check_in_time(report)
    gather_anchors(chains, report, from_anchor)
    chains.walk()
    for (stream, seq), held in sorted(chains.wanted.items()):
        report.found("tail cut", "audit_event", f"{stream} #{seq}", f"{held[0][1]} has this event, but it is missing")
    chains.check_heads()
    chains.check_parts()
    check_rows(chains, report)
    check_sealed_rows(report)
    return report


def gather_anchors(chains: Chains, report: Report, from_anchor: Path | None) -> None:
    """Collects the heads in each anchor; those in the anchor folder must also follow one another."""
    previous: anchors.Anchor | None = None
    heads: anchors.Heads | None = None
    for path in anchors.files():
        anchor = read_anchor(path, chains, report)
        if anchor and previous and anchor.previous != previous.digest():
            report.found("missing anchor", "", path.name, "it does not follow the previous anchor")
            heads = None  # the heads that moved in between are unknown
        heads = anchor.heads_after(heads) if anchor else None
        if anchor and heads is not None and anchor.root != anchors.root_of(heads, anchor.previous):
            report.found("bad anchor", "", path.name, "its root does not follow from the heads of all chains")
        previous = anchor
    if from_anchor:
        read_anchor(from_anchor, chains, report)


def read_anchor(path: Path, chains: Chains, report: Report) -> anchors.Anchor | None:
    try:
        anchor = anchors.read(path)
    except anchors.BadAnchor as error:
        report.found("bad anchor", "", path.name, str(error))
        return None
    report.anchors += 1
    for stream, seq, own_hash in anchor.moved:
        promises = chains.wanted.setdefault((stream, seq), [])
        if (own_hash, path.name) not in promises:
            promises.append((own_hash, path.name))
    return anchor


def record_event(*, report: Report, actor: Actor) -> None:
    """Records the result in the trail itself: who verified, when, and what was found."""
    with audited_atomic():
        record(
            action="audit.trail.verified",
            actor=actor,
            stream="system",
            subject=("audit.trail", "system"),
            details=report.as_dict() | {"findings": [str(finding) for finding in report.findings[:50]]},
        )
