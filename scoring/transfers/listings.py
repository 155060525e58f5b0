"""The rows of a review transfer, from what is known about cases and visits; no score, change or arm is looked up."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from hashlib import sha256

from config.wording import both, counted
from instruments.definition import Instrument
from instruments.not_assessable import ABSENT
from reading.campaigns.opening import cases_with_other_films
from reading.charter.versions import terms_of
from reading.models import Campaign, CaseStatus, DisplayedTimepoint, ItemNote, Read, ReadKind, ReadStep
from reading.room.impossible_codes import joint_in_words, reason_in_words
from scoring.consensus.signed_series import newest_values, visits_of
from scoring.datasets.case_rows import CaseData, Row, read_columns, timepoints_of
from scoring.transfers.cuts import stopped_early
from scoring.transfers.listing_tables import FINDINGS
from studies.models import DeviationVersion, Question, QuestionStatus, Subject
from studies.plan.completeness import visit_states
from studies.plan.known_visits import load_visits

MissingItems = dict[str, str]


def finding(kind: str, subject: Subject, says: str, visit: str = "", reader: str = "") -> Row:
    """One finding, identified by its content."""
    row: Row = {
        "KIND": kind,
        "STUDYID": subject.trial.code,
        "SITEID": subject.site.code,
        "USUBJID": subject.code,
        "VISIT": visit,
        "READERID": reader,
        "SAYS": says[:500],
    }
    text = "\x1f".join(str(row[name]) for name in FINDINGS.names[1:])
    return {"FINDING": sha256(text.encode()).hexdigest()[:12], **row}


def findings_of_cases(cases: Sequence[CaseData]) -> Iterator[Row]:
    """The findings of some cases: voided and stopped ones, sites that were not assessable or flagged."""
    flags = flags_in([read for data in cases for read in data.reads])
    for data in cases:
        if data.case.status == CaseStatus.VOIDED:
            yield finding("voided", data.subject, f"case {data.case.number} voided: {data.case.void_reason}")
            continue
        reads = primary_reads(data)
        if stopped_early(data.case, len(reads), terms_of(data.case.campaign.charter).readers_per_case):
            yield finding("stopped", data.subject, f"case {data.case.number} stopped: consent withdrawn")
            continue
        for read in reads:
            yield from findings_of_read(data, read, flags)


def primary_reads(data: CaseData) -> list[Read]:
    """The signed first reads. Adjudication is not listed, because it depends on the changes."""
    return [read for read in data.signed if read.kind == ReadKind.PRIMARY]


def findings_of_read(data: CaseData, read: Read, flags: dict[int, list[str]]) -> Iterator[Row]:
    """The sites of a read that were not assessable, and those that its reader flagged, visit by visit."""
    visits, missing, code = visits_of(read), missing_of(read), data.reader_codes[read.reader_id]
    for timepoint in timepoints_of(read):
        visit = data.visits[visits[timepoint.token]].code
        own = {item: reason for item, reason in missing.get(timepoint.token, {}).items() if reason != ABSENT.code}
        if own:
            yield finding("not-assessable", data.subject, reasons_in_words(data.instrument, own), visit, code)
        if flagged := flags.get(timepoint.pk):
            sites = both(joint_in_words(data.instrument.item(item)) for item in flagged)
            yield finding("flag", data.subject, f"flagged: {sites}", visit, code)


def reasons_in_words(instrument: Instrument, missing: MissingItems) -> str:
    """The number of sites that were not assessable, by reason."""
    of = Counter(missing.values())
    parts = [f"{number} {reason_in_words(instrument, reason)}" for reason, number in sorted(of.items())]
    return f"{counted(len(missing), 'site')} of {len(instrument.items)} not assessable: {both(parts)}"


def missing_of(read: Read) -> dict[str, MissingItems]:
    """By token of the timepoint, the items without a grade in the newest signature of its step, and why."""
    found: dict[str, MissingItems] = {}
    for signed in newest_values(read):
        for token, shown in signed.timepoints.items():
            found[token] = {item: reason for item, (value, reason, _) in shown["values"].items() if value is None}
    return found


def flags_in(reads: Iterable[Read]) -> dict[int, list[str]]:
    """The items of each timepoint that are flagged in their newest note."""
    steps = [step.pk for read in reads for step in read.steps.all()]
    notes = ItemNote.objects.filter(timepoint__step__in=steps).order_by("revision")
    newest = {(note.timepoint_id, note.item): note.flag for note in notes.only("timepoint_id", "item", "flag")}
    found: dict[int, list[str]] = defaultdict(list)
    for (timepoint, item), flag in sorted(newest.items()):
        if flag:
            found[timepoint].append(item)
    return found


def film_rows(data: CaseData) -> Iterator[Row]:
    """One row per film shown in every signed primary read."""
    for read in primary_reads(data):
        visits, missing = visits_of(read), missing_of(read)
        for step in read.steps.all():
            for timepoint in step.timepoints.all():
                same = {**data.head, **data.visit_columns(visits[timepoint.token]), **read_columns(data, read, step)}
                yield from films_shown(data, timepoint, missing.get(timepoint.token, {}), step, same)


def films_shown(
    data: CaseData, timepoint: DisplayedTimepoint, missing: MissingItems, step: ReadStep, same: Row
) -> Iterator[Row]:
    """The films of a timepoint, with the number of their sites that were not assessable."""
    for film in timepoint.films.all():
        origin = data.films.get(film.reader_image_id or "")
        items = data.instrument.items_of(side=film.side, region=film.view)
        yield same | {
            "COUNTS": same["COUNTFL"],
            "SIDE": film.side,
            "VIEW": film.view,
            "ABSENT": "" if origin else "Y",
            "FILMDTC": origin.film_date if origin else "",
            "DATESRC": origin.film_date_source if origin else "",
            "SITES": len(items),
            "MISSING": sum(item.key in missing for item in items),
        }


def findings_of_subjects(campaign: Campaign, subjects: Sequence[Subject], today: date) -> Iterator[Row]:
    """The findings about the visits of some subjects, and open questions about them."""
    load_visits(subjects)
    for subject in subjects:
        for state in visit_states(subject, today):
            for says in state.deviations:
                yield finding("visit", subject, says, state.visit.code)
    by_pk = {subject.pk: subject for subject in subjects}
    yield from findings_of_questions(campaign, by_pk)
    entries = DeviationVersion.objects.newest().filter(trial=campaign.trial, subject__in=by_pk).select_related("visit")
    for entry in entries.order_by("number"):
        category, effect = entry.get_category_display().lower(), entry.get_effect_display().lower()
        says = f"deviation {entry.number}: {category}, effect {effect}, {entry.get_status_display().lower()}"
        yield finding("deviation", by_pk[entry.subject_id or 0], says, entry.visit.code if entry.visit else "")


def findings_of_questions(campaign: Campaign, subjects: dict[int, Subject]) -> Iterator[Row]:
    """Questions about these subjects, their visits or films that are not closed."""
    questions = Question.objects.filter(trial=campaign.trial).exclude(status=QuestionStatus.CLOSED)
    for one in questions.select_related("visit", "film__visit").order_by("pk"):
        visit = one.visit or (one.film.visit if one.film else None)
        about = one.subject_id or (visit.subject_id if visit else None) or (one.film.subject_id if one.film else None)
        if about in subjects:
            says = f"question {one.pk} of {one.opened_at:%Y-%m-%d}: {one.get_status_display().lower()}"
            yield finding("question", subjects[about], says, visit.code if visit else "")


def late_findings(campaign: Campaign, subject_of: dict[int, Subject]) -> Iterator[Row]:
    """Cases of the cut whose films arrived or changed after they were frozen."""
    for case, says in cases_with_other_films(campaign):
        if case.pk in subject_of:
            yield finding("late", subject_of[case.pk], f"case {case.number}: {says}")
