"""The audit actions about campaigns and reads, and who sees all of their content."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.roles import Role
from audit.declared_actions import declare
from reading.campaigns import audit_actions as training  # noqa: F401

KNOWS_ORDER = frozenset({Role.COORDINATOR, Role.STATISTICIAN})
KNOWS_SCORES = frozenset({Role.STATISTICIAN, Role.LEAD})
ABOUT_READERS = frozenset({Role.COORDINATOR, Role.LEAD, Role.AUDITOR})
ALL_BUT_SITES = frozenset({Role.COORDINATOR, Role.STATISTICIAN, Role.LEAD, Role.AUDITOR, Role.SPONSOR})


def planned(name: str, label: str, sentence: str) -> None:
    """Declares an action whose content shows no score and no order."""
    declare(name, label=label, sentence=sentence, seen_by=ALL_BUT_SITES)


def on_suspension(name: str, label: str, sentence: str) -> None:
    """Declares an action on the suspension of a reader. Its cause and reason are findings about a person."""
    declare(name, label=label, sentence=sentence, seen_by=ABOUT_READERS, hides=("reason", "details.cause"))


def on_read(name: str, label: str, sentence: str) -> None:
    """Declares an action on a read. The number of readers of a case reveals whether it was adjudicated."""
    declare(name, label=label, sentence=sentence, seen_by=KNOWS_SCORES, hides=("details.case",))


def on_scores(name: str, label: str, sentence: str, hides: Iterable[str]) -> None:
    """Declares an action whose content is for people who know scores."""
    declare(name, label=label, sentence=sentence, seen_by=KNOWS_SCORES, hides=hides)


def on_order(name: str, label: str, sentence: str, seen_by: Iterable[Role] = (), hides: Iterable[str] = ()) -> None:
    """Declares an action whose content is for people who know the order."""
    declare(name, label=label, sentence=sentence, seen_by=KNOWS_ORDER.union(seen_by), hides=hides)


planned("reading.charter.drafted", "Charter drafted", "drafted [version {version} of ]the charter")
planned("reading.charter.signed", "Charter signed", "signed [version {version} of ]the charter")
planned("reading.charter.approved", "Charter approved", "approved [version {version} of ]the charter")
planned(
    "reading.charter.attached",
    "Paper charter attached",
    "attached the charter signed on paper[ to version {version}][, SHA-256 {sha256}]",
)
planned(
    "reading.reader.qualified", "Reader qualified", "qualified reader {reader|id}[ for {instrument}][ until {until}]"
)
planned(
    "reading.affiliation.recorded",
    "Site affiliation recorded",
    "recorded that reader {reader|id} belongs to a site[ ({site})]",
)
planned(
    "reading.affiliation.ended",
    "Site affiliation ended",
    "recorded that reader {reader|id} no longer belongs to a site[ ({site})]",
)
planned(
    "reading.reader.disqualified",
    "Reader qualification withdrawn",
    "withdrew the qualification of reader {reader|id}[ for {instrument}]",
)
planned(
    "reading.document.recorded",
    "Reader document recorded",
    "recorded that reader {reader|id} signed a document[ ({document})][ on {signed on}]",
)
planned(
    "reading.document.withdrawn",
    "Reader document withdrawn",
    "withdrew the record of a document of reader {reader|id}[ ({document})][, signed on {signed on}]",
)
on_suspension("reading.reader.suspended", "Reader suspended", "suspended reader {reader|id}[ ({cause})]")
on_suspension("reading.reader.resumed", "Suspension lifted", "lifted the suspension of reader {reader|id}[ ({cause})]")
planned(
    "reading.campaign.created",
    "Campaign created",
    "created campaign {code|id}[ under charter version {charter version}]",
)
planned(
    "reading.campaign.opened",
    "Campaign opened",
    "opened campaign {campaign|id}[ with {cases:case}][ without baseline {baseline lacking}][, {left out} left out]",
)
planned(
    "reading.campaign.closed", "Campaign closed", "closed campaign {campaign|id}[ without {repeats left out:repeat}]"
)
planned(
    "reading.campaign.amended",
    "Campaign charter changed",
    "put campaign {campaign|id} under a later charter version[ ({charter version})][, with {cases:case}]",
)
planned("reading.campaign.reopened", "Campaign reopened", "reopened campaign {campaign|id}")
planned("reading.batch.requested", "Batch requested", "requested batch {name|id}")
planned("reading.batch.issued", "Batch issued", "issued batch {name|id}[ with {reads:read}]")
planned("reading.batch.drawn", "Reads drawn", "drew [{reads:read} of ]batch {name|id}")
planned("reading.seeds.revealed", "Seeds revealed", "revealed the seeds of campaign {campaign|id}")
planned("reading.display.checked", "Display checked", "recorded display check {id}")
planned(
    "reading.readers.reminded",
    "Readers reminded",
    "reminded the readers of campaign {campaign|id}[ ({readers:reader})]",
)

on_read("reading.read.opened", "Read opened", "opened [step {step} of {steps} of ]read {id}[ of case {case}]")
on_read("reading.film.served", "Film sent", "was sent [{films:film} of ]read {id}[ of case {case}] at full size")
on_read("reading.read.declined", "Read declined", "declined [step {step} of ]read {id}[ of case {case}]")
on_read("reading.read.returned", "Read returned", "returned [step {step} of ]read {id}[ of case {case}] to its reader")
on_read(
    "reading.read.reassigned", "Read reassigned", "reassigned read {id}[ of case {case}] to another reader[, {reader}]"
)
on_read("reading.read.taken-over", "Read taken over", "continued read {id}[ of case {case}] in another window")
on_read("reading.step.signed", "Read signed", "signed [step {step} of {steps} of ]read {id}[ of case {case}]")
on_read(
    "reading.image-problem.reported",
    "Image problem reported",
    "reported an image problem in read {id}[ of case {case}]",
)
on_read(
    "reading.image-problem.settled", "Image problem resolved", "resolved an image problem in read {id}[ of case {case}]"
)

on_scores(
    "reading.adjudication.requested",
    "Adjudication requested",
    "requested adjudication[ of {asked:case}] in campaign {campaign|id}[, {still without} still without]",
    hides=("details",),
)
on_scores(
    "reading.adjudication.issued",
    "Adjudication issued",
    "issued adjudication batch {name|id}[ with {reads:read}]",
    hides=("details",),
)
on_scores(
    "reading.scores.saved",
    "Scores saved",
    "saved scores in read {id}[ of case {case}][ ({captured:score})]",
    hides=("details", "changes"),
)
on_scores(
    "reading.note.saved", "Note saved", "saved a note in read {id}[ of case {case}]", hides=("details", "changes")
)

on_scores(
    "reading.query.marked",
    "Query marked",
    "saved the query marks [on {joints:joint} ]of read {id}[ of case {case}]",
    hides=("details",),
)
on_read(
    "reading.query.confirmed",
    "Query confirmed",
    "kept the scores [of {confirmed:joint} ]of read {id}[ of case {case}] in answer to a query",
)
planned(
    "reading.queries.prepared",
    "Queries prepared",
    "prepared query batch {number|id}[ in campaign {campaign}][ from {reads:read}][, with {queries:query}]",
)
planned(
    "reading.queries.released",
    "Queries released",
    "released query batch {number|id}[ in campaign {campaign}][, {queries:query} sent]",
)

on_order("reading.case.voided", "Case voided", "voided case {number|id}[ ({cause})]", hides=("reason", "details.cause"))
on_order(
    "reading.case.stopped",
    "Case stopped",
    "stopped case {number|id}, because its subject withdrew consent[, without {reads:unsigned read}]"
    "[, with {kept:returned read} as signed before]",
)
on_order(
    "reading.case.continued",
    "Case continued",
    "continued case {number|id}, because the consent of its subject was not withdrawn",
)
on_order("reading.case.reissued", "Case reissued", "issued case {number|id}[ in place of case {replaces}]")
on_order(
    "reading.leak-scan.requested",
    "Leak scan requested",
    "requested leak scan {number|id}[ of campaign {campaign}]",
    hides=("details",),
)
on_order(
    "reading.leak-scan.completed",
    "Leak scan completed",
    "completed leak scan {number|id}[ of campaign {campaign}][ with {warned:warning}]",
    hides=("details",),
)
on_order(
    "reading.leak-scan.acknowledged",
    "Leak scan acknowledged",
    "acknowledged the warnings of leak scan {number|id}[ of campaign {campaign}]",
    seen_by=(Role.AUDITOR,),
    hides=("details",),
)
