"""A forgery by the owner of the database, with the protection removed, is found and its row named."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from audit import anchors
from audit.chain import GENESIS, event_hash
from audit.mac import mac_of
from audit.models import Event, Head
from audit.trail import audited_atomic
from audit.verify import verify
from jobs.models import Pulse
from tests.audit.conftest import RecordEvent
from tests.protection import lifted

pytestmark = pytest.mark.django_db(transaction=True)


def forge(sql: str, *values: int) -> None:
    with lifted(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def found() -> list[tuple[str, str]]:
    return [(finding.fault, finding.row) for finding in verify().findings]


@pytest.fixture
def five(record_event: RecordEvent) -> list[int]:
    for number in range(5):
        record_event(details={"number": number})
    return list(Event.objects.order_by("seq").values_list("pk", flat=True))


def rewrite_from(seq: int, key: int | None = 1) -> None:
    """What a clever forger does: every hash from here on computed again, the head too, with an audit key or not."""
    with lifted():
        prev = Event.objects.get(seq=seq - 1).hash if seq > 1 else GENESIS
        events = list(Event.objects.filter(seq__gte=seq).order_by("seq"))
        for event in events:
            Event.objects.filter(pk=event.pk).update(prev=f"{event.pk:064x}")
        for event in events:
            own = event_hash(event.stream, event.seq, prev, event.body)
            mac = mac_of(own, key) if key else event.mac
            Event.objects.filter(pk=event.pk).update(prev=prev, hash=own, mac=mac)
            prev = own
        last = events[-1]
        Head.objects.filter(pk=last.stream).update(seq=last.seq, hash=prev)


def test_an_untouched_trail_is_intact(five: list[int], regulated: Callable[[str], Pulse]) -> None:
    regulated("a")
    anchors.write()
    report = verify()
    assert report.intact
    assert (report.events, report.rows, report.anchors) == (6, 1, 1)


def test_an_altered_event_is_named(five: list[int]) -> None:
    forge("UPDATE audit_event SET body = replace(body, '\"number\":2', '\"number\":9') WHERE id = %s", five[2])
    assert found() == [("altered event", f"{five[2]} (TRIAL #3)")]


def test_an_altered_column_is_named(five: list[int]) -> None:
    forge("UPDATE audit_event SET actor_label = 'Somebody else' WHERE id = %s", five[2])
    assert found() == [("altered event", f"{five[2]} (TRIAL #3)")]


def test_a_removed_event_is_named_by_the_gap_it_leaves(five: list[int]) -> None:
    forge("DELETE FROM audit_event WHERE id = %s", five[2])
    assert found()[0] == ("gap", f"{five[3]} (TRIAL #4)")


def test_a_cut_tail_is_found_by_the_head(five: list[int]) -> None:
    forge("DELETE FROM audit_event WHERE seq > 3")
    assert found() == [("tail cut", "TRIAL")]


def test_a_tail_cut_together_with_its_head_is_found_by_the_anchor(five: list[int]) -> None:
    anchors.write()
    forge("DELETE FROM audit_event WHERE seq > 3")
    Head.objects.update(seq=3, hash=Event.objects.get(seq=3).hash)
    assert found() == [("tail cut", "TRIAL #5")]


def test_a_chain_computed_again_is_found_by_the_anchor(five: list[int]) -> None:
    anchors.write()
    forge("UPDATE audit_event SET body = replace(body, '\"number\":2', '\"number\":9') WHERE id = %s", five[2])
    rewrite_from(3)
    assert found() == [("rewritten", f"{five[4]} (TRIAL #5)")]


def test_a_chain_computed_again_is_found_by_a_copy_of_the_anchor_held_elsewhere(
    five: list[int], tmp_path: Path
) -> None:
    path = anchors.write()
    assert path
    kept = path.rename(tmp_path / "kept-by-the-sponsor.json")
    forge("UPDATE audit_event SET body = replace(body, '\"number\":2', '\"number\":9') WHERE id = %s", five[2])
    rewrite_from(3)
    assert verify().intact, "without the anchor nothing shows"
    assert [finding.fault for finding in verify(from_anchor=kept).findings] == ["rewritten"]


def test_a_chain_computed_again_without_the_audit_key_is_found_without_an_anchor(five: list[int]) -> None:
    forge("UPDATE audit_event SET body = replace(body, '\"number\":2', '\"number\":9') WHERE id = %s", five[2])
    rewrite_from(3, key=None)
    assert found() == [("forged event", f"{pk} (TRIAL #{seq})") for seq, pk in enumerate(five[2:], 3)]


def test_who_owns_the_tables_alone_cannot_append_an_event(five: list[int]) -> None:
    last = Event.objects.get(pk=five[4])
    seq, own = 6, event_hash("TRIAL", 6, last.hash, last.body)
    copy = Event.objects.get(pk=five[4])
    copy.pk, copy.seq, copy.prev, copy.hash = None, seq, last.hash, own
    copy.save()
    Head.objects.update(seq=seq, hash=own)
    assert found() == [("forged event", f"{copy.pk} (TRIAL #6)")]


@pytest.mark.parametrize("column", ["prev", "hash"])
def test_what_is_no_hash_is_named_and_the_verification_goes_on(five: list[int], column: str) -> None:
    """A value that nobody can compute with must not keep the rest of the trail from being verified."""
    forge(f"UPDATE audit_event SET {column} = 'not a hash' WHERE id = %s", five[1])
    forge("UPDATE audit_event SET role = 'forged' WHERE id = %s", five[3])
    assert {f"{five[1]} (TRIAL #2)", f"{five[3]} (TRIAL #4)"} <= {row for _, row in found()}


def test_an_event_before_the_first_of_its_chain_is_named(five: list[int]) -> None:
    copy = Event.objects.get(pk=five[4])
    copy.pk, copy.seq, copy.prev = None, -3, "0" * 63 + "1"
    copy.save()
    assert found() == [("out of place", f"{copy.pk} (TRIAL #-3)")]


def test_an_anchor_holds_the_heads_that_moved_and_the_first_of_a_day_all(record_event: RecordEvent) -> None:
    for stream in ("ONE", "TWO"):
        record_event(stream)
    first, second = anchors.write(), None
    record_event("TWO")
    second = anchors.write()
    assert first
    assert second
    assert [place[0] for place in anchors.read(first).moved] == ["ONE", "TWO"]
    assert [place[0] for place in anchors.read(second).moved] == ["TWO"]
    assert verify().intact


def test_a_head_that_did_not_move_is_held_by_the_root_of_each_anchor(record_event: RecordEvent) -> None:
    for stream in ("ONE", "TWO"):
        record_event(stream)
    anchors.write()
    forge("UPDATE audit_event SET body = replace(body, 'note', 'NOTE') WHERE stream = 'ONE'")
    with lifted():
        (event,) = Event.objects.filter(stream="ONE")
        own = event_hash("ONE", 1, GENESIS, event.body)
        Event.objects.filter(pk=event.pk).update(hash=own, mac=mac_of(own, 1))
        Head.objects.filter(pk="ONE").update(hash=own)
    record_event("TWO")
    later = anchors.write()
    assert later
    assert ("rewritten", f"{event.pk} (ONE #1)") in found()
    assert [place[0] for place in anchors.read(later).moved] == ["ONE", "TWO"], "the forged head shows as moved"


def test_an_altered_head_is_found(five: list[int]) -> None:
    Head.objects.update(seq=4)
    assert found() == [("altered head", "TRIAL")]


def test_a_removed_head_is_found(five: list[int]) -> None:
    Head.objects.all().delete()
    assert found() == [("missing head", "TRIAL")]


def test_an_altered_regulated_row_is_named(regulated: Callable[[str], Pulse]) -> None:
    regulated("a")
    regulated("b")
    forge("UPDATE jobs_pulse SET says = '0 of 5' WHERE part = 'b'")
    finding = verify().findings[0]
    assert (finding.fault, finding.table, finding.row) == ("altered row", "jobs_pulse", "b")
    assert "TRIAL #2" in finding.says


def test_a_value_made_null_or_out_of_null_is_an_altered_row(regulated: Callable[[str], Pulse]) -> None:
    regulated("a")
    forge("UPDATE jobs_pulse SET says = ''")
    assert found() == [("altered row", "a")]


def test_a_removed_regulated_row_is_named(regulated: Callable[[str], Pulse]) -> None:
    regulated("a")
    regulated("b")
    forge("DELETE FROM jobs_pulse WHERE part = 'a'")
    assert found() == [("missing row", "a")]


def test_a_regulated_row_that_no_event_speaks_of_is_named(regulated: Callable[[str], Pulse]) -> None:
    made = regulated("a")
    Pulse.objects.create(part="smuggled", at=made.at)
    assert found() == [("unknown row", "smuggled")]


def test_lifted_protection_is_found(five: list[int]) -> None:
    from audit.protection import install
    from tests.protection import lift

    lift()
    faults = found()
    install()
    assert ("no protection", "triggers") in faults


def test_an_altered_anchor_is_found(five: list[int]) -> None:
    path = anchors.write()
    assert path
    path.write_text(path.read_text().replace('"TRIAL"', '"OTHER"'))
    assert found() == [("bad anchor", path.name)]


def test_an_anchor_taken_out_of_the_row_is_found(record_event: RecordEvent) -> None:
    paths = []
    for _ in range(3):
        record_event()
        paths.append(anchors.write())
    assert all(paths)
    assert verify().intact
    paths[1].unlink()  # type: ignore[union-attr]
    gap = [("missing anchor", "anchor-00000002"), ("missing anchor", paths[2].name)]  # type: ignore[union-attr]
    assert found() == gap


def test_anchors_written_at_once_follow_each_other(record_event: RecordEvent) -> None:
    with ThreadPoolExecutor(4) as pool:
        for written in [pool.submit(record_and_anchor, record_event, f"T{number}") for number in range(8)]:
            written.result()
    names = [path.name.split("-")[1] for path in anchors.files()]
    assert names == [f"{number:08}" for number in range(1, len(names) + 1)]
    assert verify().intact


def record_and_anchor(record_event: RecordEvent, stream: str) -> None:
    try:
        record_event(stream)
        anchors.write()
    finally:
        connection.close()


def test_an_anchor_is_written_when_the_transaction_has_committed(record_event: RecordEvent) -> None:
    with audited_atomic():
        record_event()
        anchors.write_on_commit()
        assert anchors.files() == []
    assert len(anchors.files()) == 1


def test_no_anchor_is_written_when_nothing_has_happened(record_event: RecordEvent) -> None:
    record_event()
    assert anchors.write()
    assert anchors.write() is None


def run_command(*arguments: str) -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("verify_audit", *arguments, stdout=out)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_the_command_names_the_first_bad_row_and_fails(five: list[int]) -> None:
    assert run_command() == (0, "5 events, 0 rows, 0 anchors: intact\n")
    forge("UPDATE audit_event SET action = 'tests.other' WHERE id = %s", five[0])
    code, text = run_command()
    assert code == 1
    assert text.splitlines()[0] == f"altered event: audit_event {five[0]} (TRIAL #1): its columns differ from its body"


def test_the_command_speaks_json(five: list[int]) -> None:
    forge("DELETE FROM audit_event WHERE id = %s", five[0])
    code, text = run_command("--json")
    report: dict[str, Any] = json.loads(text)
    assert code == 1
    assert report["intact"] is False
    assert report["findings"][0]["fault"] == "gap"


def test_each_verification_is_recorded_in_the_trail(five: list[int]) -> None:
    run_command()
    assert Event.objects.get(action="audit.trail.verified").content["details"]["intact"] is True
