"""Anchors that are missing are found, and copies of each leave the host or the health page says so."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from audit import anchors
from audit.anchor_targets import NotCopied, copy_anchors
from audit.models import Event
from audit.verify import verify
from config.env import BadSetting, env_targets
from jobs.health import Unwell
from jobs.health import anchors as health_of_anchors
from tests.audit.conftest import RecordEvent
from tests.protection import lifted

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def three(record_event: RecordEvent) -> list[Path]:
    """Three anchors."""
    paths = []
    for number in range(3):
        record_event(details={"number": number})
        path = anchors.write()
        assert path
        paths.append(path)
    return paths


@pytest.fixture
def elsewhere(tmp_path: Path, settings: Any) -> Path:
    """A folder of another machine."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    settings.ANCHOR_TARGETS = [f"folder:{folder}"]
    return folder


def found() -> list[tuple[str, str]]:
    return [(finding.fault, finding.row) for finding in verify().findings]


def grow_old() -> None:
    """Every event was an hour ago."""
    with lifted():
        for event in Event.objects.order_by("seq"):
            at = timezone.now() - timedelta(hours=1)
            Event.objects.filter(pk=event.pk).update(at=at)


def test_the_first_anchors_removed_are_a_gap(three: list[Path]) -> None:
    three[0].unlink()
    three[1].unlink()
    assert ("missing anchor", "anchor-00000001 to 00000002") in found()


def test_one_anchor_removed_is_a_gap(three: list[Path]) -> None:
    three[1].unlink()
    assert ("missing anchor", "anchor-00000002") in found()


def test_events_without_an_anchor_are_found_after_two_intervals(record_event: RecordEvent) -> None:
    record_event()
    assert found() == []
    grow_old()
    assert "late anchor" in dict(found())
    assert "late anchor" not in {finding.fault for finding in verify(in_time=False).findings}


def test_the_newest_anchor_removed_is_found_by_its_copy(three: list[Path], elsewhere: Path) -> None:
    copy_anchors()
    three[2].unlink()
    assert found() == [("missing anchor", three[2].name)]


def test_an_anchor_that_differs_from_its_copy_is_found(three: list[Path], elsewhere: Path) -> None:
    copy_anchors()
    copy = elsewhere / three[1].name
    copy.write_text(copy.read_text() + " ")
    assert found() == [("bad anchor", three[1].name)]


def test_each_new_anchor_is_copied_once(three: list[Path], elsewhere: Path, record_event: RecordEvent) -> None:
    copy_anchors()
    before = {path.name: path.stat().st_mtime_ns for path in elsewhere.iterdir()}
    assert set(before) == {path.name for path in three}
    record_event()
    assert anchors.write()
    copy_anchors()
    assert {path.name: path.stat().st_mtime_ns for path in elsewhere.iterdir()}.items() > before.items()
    assert "copied to" in health_of_anchors()


def test_a_folder_that_is_gone_shows_on_the_health_page(three: list[Path], elsewhere: Path, settings: Any) -> None:
    good = elsewhere.with_name("good")
    good.mkdir()
    settings.ANCHOR_TARGETS += [f"folder:{good}"]
    elsewhere.rmdir()
    with pytest.raises(NotCopied, match="elsewhere"):
        copy_anchors()
    assert len(list(good.iterdir())) == 3, "the other target still gets its copies"
    with pytest.raises(Unwell, match=r"elsewhere \(FileNotFoundError\)"):
        health_of_anchors()


def test_the_auditor_gets_the_newest_anchor_once_a_week(three: list[Path], settings: Any) -> None:
    settings.ANCHOR_TARGETS = ["mail:auditor@sponsor.example"]
    copy_anchors()
    copy_anchors()
    (sent,) = mail.outbox
    assert sent.to == ["auditor@sponsor.example"]
    assert sent.attachments[0][0] == three[2].name


@pytest.mark.parametrize("target", ["ftp:somewhere", "folder:", "/mnt/anchors"])
def test_a_target_of_another_kind_is_refused_at_the_start(monkeypatch: pytest.MonkeyPatch, target: str) -> None:
    monkeypatch.setenv("ANCHOR_TARGETS", target)
    with pytest.raises(BadSetting, match="Give folder:PATH"):
        env_targets("ANCHOR_TARGETS")
