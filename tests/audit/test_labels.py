"""Codes in the audit trail are shown in the words of the other pages."""

from __future__ import annotations

from json import dumps
from typing import Any

import pytest

from accounts.roles import Role
from audit.labels import field_in_words, label_of
from audit.models import Event
from audit.redaction import ShownEvent, shown
from config.job_kinds import JOB_NAMES, KINDS


@pytest.mark.parametrize(
    ("kind", "field", "value", "words"),
    [
        ("studies.film", "status", "deidentified", "at the desk"),
        ("studies.film", "side", "B", "both on one film"),
        ("studies.film", "view", "hand", "hand PA"),
        ("studies.film", "channel", "cstore", "C-STORE"),
        ("studies.film", "code", "file-too-large", "file too large"),
        ("studies.film", "findings", ["outside-window", "view-position"], ["outside window", "view position"]),
        ("studies.visit", "kind", "rescue", "early escape or rescue"),
        ("studies.membership", "role", "checker", "quality checker"),
        ("accounts.user", "ended", ["lead", "reader"], ["imaging lead", "reader"]),
        ("studies.deviation", "category", "handling", "image handling or transfer"),
        ("reading.case", "status", "open", "open"),
        ("reading.charter", "presentation", "together-random", "all timepoints together in random order"),
        ("scoring.alarm", "action", "retrain", "train the reader again"),
        ("jobs.job", "kind", "studies.rendition", "reader images"),
        ("accounts.signature", "record_kind", "reading.leakscan", "leak scan"),
        ("studies.site", "code", "file-too-large", "file-too-large"),
        ("tests.box", "status", "deidentified", "deidentified"),
        ("studies.film", "film_date", None, None),
    ],
)
def test_a_code_reads_as_on_the_other_pages(kind: str, field: str, value: object, words: object) -> None:
    assert label_of(kind, field, value) == words


@pytest.mark.parametrize(
    ("kind", "field", "words"),
    [
        ("studies.film", "film_date_source", "film date source"),
        ("studies.film", "sop_instance_uid", "SOP instance UID"),
        ("accounts.user", "is_active", "active"),
        ("reading.charter", "readers_per_case", "Readers for each case"),
    ],
)
def test_a_field_has_a_name(kind: str, field: str, words: str) -> None:
    assert field_in_words(kind, field) == words


def test_every_kind_of_job_has_a_name() -> None:
    assert set(JOB_NAMES) == set(KINDS)


def seen(action: str, kind: str, changes: dict[str, Any], details: dict[str, Any]) -> ShownEvent:
    """An event as a coordinator sees it."""
    content = {"changes": changes, "details": details, "reason": "", "rows": []}
    event = Event(action=action, actor_label="Dr A.", subject_type=kind, subject_id="7", body=dumps(content))
    return shown(event, Role.COORDINATOR)


def test_the_history_of_a_film_holds_no_code() -> None:
    accepted = seen("studies.film.accepted", "studies.film", {"status": ["deidentified", "accepted"]}, {"sides": ["L"]})
    assert accepted.change_lines == ["status: at the desk → accepted"]
    assert accepted.detail_lines == [("sides", "left")]


def test_a_sentence_holds_no_code() -> None:
    refused = seen("studies.file.refused", "studies.transmittal", {}, {"code": "not-a-film", "site": "01"})
    assert refused.sentence == "Dr A. sent a file from site 01 that was refused (not a film), in transmittal 7"
    absent = seen("studies.film.marked-absent", "studies.visit", {}, {"side": "L", "view": "hand", "visit": "W24"})
    assert absent.sentence == "Dr A. marked the left hand film of visit W24 as not available"


def test_an_export_keeps_the_codes() -> None:
    accepted = seen("studies.film.accepted", "studies.film", {"status": ["deidentified", "accepted"]}, {})
    assert accepted.changes == {"status": ["deidentified", "accepted"]}
