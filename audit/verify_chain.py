"""Checks every chain event by event, and collects the digests of regulated rows recorded in the events."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Max, OuterRef, Subquery

from audit.canonical import instant
from audit.chain import GENESIS, is_hash_of
from audit.findings import Report
from audit.mac import UnknownKey, is_authentic
from audit.models import Event, Head
from audit.recorded_rows import RecordedRows
from audit.streams import ChainState, home_of, is_part
from audit.verify_parts import RecordedHead, RecordedHeads

CHUNK = 5000
COPIES = ("action", "actor_id", "actor_label", "role", "subject_type", "subject_id")  # of parts of the body
COLUMNS = ("id", "seq", "prev", "hash", "body", "at", "home", "mac", "mac_key", *COPIES)


@dataclass
class Chains:
    """A pass over all chains that can be resumed from where it stopped."""

    report: Report
    only: str = ""  # the one trial to check, instead of everything
    wanted: dict[tuple[str, int], list[tuple[str, str]]] = field(default_factory=dict)  # (hash, anchor) by position
    ends: dict[str, tuple[int, str]] = field(default_factory=dict)
    parts: RecordedHeads = field(default_factory=RecordedHeads)
    keys: dict[str, int] = field(default_factory=dict)  # the number of the last key of each chain
    recorded: RecordedRows = field(init=False)

    def __post_init__(self) -> None:
        self.recorded = RecordedRows(self.report)

    def walk(self) -> None:
        """Checks the events added since the last pass; a trial's chain before those of its parts, which it records."""
        streams = set(Event.objects.order_by().values_list("stream", flat=True).distinct())
        streams |= set(Head.objects.values_list("stream", flat=True))
        for stream in sorted(filter(self._is_wanted, streams), key=lambda name: (is_part(name), name)):
            self._walk_stream(stream)

    def _is_wanted(self, stream: str) -> bool:
        return not self.only or stream.partition("/")[0] == self.only

    def _walk_stream(self, stream: str) -> None:
        seq, prev = self.ends.get(stream) or (0, self.parts.genesis_of(stream) if is_part(stream) else GENESIS)
        of_stream = Event.objects.filter(stream=stream).order_by("seq")
        events = of_stream.filter(seq__gt=seq) if seq else of_stream  # from the start, with events without a position
        while True:
            chunk = list(events.values_list(*COLUMNS)[:CHUNK])
            for event in chunk:
                if event[1] < 1:
                    name = f"{event[0]} ({stream} #{event[1]})"
                    self.report.found("out of place", "audit_event", name, "no chain has an event before #1")
                    continue
                self._check_event(stream, seq, prev, event)
                seq, prev = event[1], event[3]
            if len(chunk) < CHUNK:
                break
            events = of_stream.filter(seq__gt=chunk[-1][1])
        self.ends[stream] = (seq, prev)

    def _check_event(self, stream: str, last: int, prev: str, event: tuple[Any, ...]) -> None:
        key, seq, own_prev, own_hash, body = event[:5]
        name = f"{key} ({stream} #{seq})"
        self.report.events += 1
        if seq != last + 1:
            self.report.found("gap", "audit_event", name, f"the previous event is #{last}: events are missing")
        elif own_prev != prev:
            self.report.found("broken link", "audit_event", name, "it does not contain the hash of the previous event")
        if not is_hash_of(own_hash, stream, seq, own_prev, body):
            self.report.found("altered event", "audit_event", name, "its hash does not match its content")
        for hash_wanted, anchor in self.wanted.pop((stream, seq), ()):
            if own_hash != hash_wanted:
                self.report.found("rewritten", "audit_event", name, f"{anchor} has a different hash for it")
        self._check_mac(stream, name, own_hash, event[7], event[8])
        self._read_body(stream, name, event)

    def _check_mac(self, stream: str, name: str, own_hash: str, mac: str, number: int) -> None:
        """Checks that the event was appended with a key of this installation, not older than the previous event's."""
        try:
            if not is_authentic(own_hash, number, mac):
                self.report.found("forged event", "audit_event", name, f"it was not made with audit key {number}")
        except UnknownKey:
            self.report.found("forged event", "audit_event", name, f"AUDIT_MAC_KEYS has no key {number}")
        if number < self.keys.get(stream, 0):
            text = f"it was made with audit key {number}, but key {self.keys[stream]} was already in use"
            self.report.found("retired key", "audit_event", name, text)
        self.keys[stream] = max(number, self.keys.get(stream, 0))

    def _read_body(self, stream: str, name: str, event: tuple[Any, ...]) -> None:
        try:
            body = json.loads(event[4])
            actor, subject = body["actor"], body["subject"]
            recorded = (body["at"], body["action"], actor["id"], actor["label"], actor["role"], *subject)
            rows = [(str(table), str(key), str(digest)) for table, key, digest in body["rows"]]
            tracked = [
                (str(table), str(key), int(version), str(digest))
                for table, key, version, digest in body.get("tracked", ())
            ]
            parts = [
                RecordedHead(part, ChainState(what), int(seq), own, name)
                for part, what, seq, own in body.get("chains", ())
            ]
        except (ValueError, KeyError, TypeError, RecursionError):
            self.report.found("altered event", "audit_event", name, "its body cannot be read")
            return
        if (home_of(stream), *recorded) != (event[6], instant(event[5]), *event[9:]):
            self.report.found("altered event", "audit_event", name, "its columns differ from its body")
        self.recorded.hear(stream, name, body["at"], rows, tracked)
        for part in parts:
            self.parts.hear(stream, part)

    def check_heads(self) -> None:
        """Checks that each head is the end of its chain, in one statement, because chains may grow meanwhile."""
        own = Event.objects.filter(stream=OuterRef("stream"))
        last = own.order_by().values("stream").annotate(last=Max("seq")).values("last")
        at_head = own.filter(seq=OuterRef("seq")).values("hash")[:1]
        heads = Head.objects.annotate(last=Subquery(last), at_head=Subquery(at_head))
        for stream, seq, own_hash, end, end_hash in heads.values_list("stream", "seq", "hash", "last", "at_head"):
            if not self._is_wanted(stream):
                continue
            if end is None and seq == 0 and own_hash == (self.parts.genesis_of(stream) or own_hash):
                continue  # the chain of a part that has only begun, possibly during this pass
            if end is None or end < seq:
                self.report.found(
                    "tail cut", "audit_head", stream, f"the chain ends at #{end or 0}, but its head is at #{seq}"
                )
            elif end > seq or own_hash != end_hash:
                self.report.found("altered head", "audit_head", stream, f"it is not the end of its chain, #{end}")
        for stream in sorted(self.ends.keys() - set(Head.objects.values_list("stream", flat=True))):
            self.report.found("missing head", "audit_head", stream, "the chain has no head")

    def check_parts(self) -> None:
        """Checks each part's chain against the records in its trial's chain; new events are read first."""
        if self.parts.faults(self.ends):
            self.walk()
        for fault, stream, says in self.parts.faults(self.ends):
            self.report.found(fault, "audit_head", stream, says)
