"""Checks the chains of parts of a trial against the heads recorded in the trial's chain; this needs no anchor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from audit.models import Event
from audit.streams import ChainState, home_of, is_part

Ends = Mapping[str, tuple[int, str]]
ChainFault = tuple[str, str, str]  # its kind, the chain, and what is wrong


@dataclass(frozen=True)
class RecordedHead:
    """A head recorded in an event: the chain, whether it begins, continues or ends, position, hash, and the event."""

    stream: str
    state: ChainState
    seq: int
    hash: str
    event: str


@dataclass
class RecordedHeads:
    """Everything recorded about the chains of parts, in the order of the events."""

    recorded: dict[str, list[RecordedHead]] = field(default_factory=dict)
    strange: list[ChainFault] = field(default_factory=list)

    def hear(self, stream: str, recorded: RecordedHead) -> None:
        """Keeps what an event of a trial's chain records; only the trial's own chain may record its parts."""
        if not is_part(recorded.stream) or home_of(recorded.stream) != stream:
            self.strange.append(
                ("foreign chain", recorded.stream, f"event {recorded.event} records it, in another chain")
            )
            return
        self.recorded.setdefault(recorded.stream, []).append(recorded)

    def genesis_of(self, stream: str) -> str:
        """The hash that the first event of the chain must have; empty when its start is not recorded."""
        recorded = self.recorded.get(stream, ())
        return recorded[0].hash if recorded and recorded[0].state == ChainState.BEGUN else ""

    def faults(self, ends: Ends) -> list[ChainFault]:
        """Chains that are missing, cut, rewritten, longer than recorded, or not recorded at all."""
        found = list(self.strange)
        for stream, heard in sorted(self.recorded.items()):
            found += self._faults_of(stream, heard, ends.get(stream))
        unknown = sorted(stream for stream in ends if is_part(stream) and stream not in self.recorded)
        return found + [("unknown chain", stream, "no event of the trial records that it began") for stream in unknown]

    def _faults_of(
        self, stream: str, recorded: list[RecordedHead], end: tuple[int, str] | None
    ) -> Iterator[ChainFault]:
        last = recorded[-1]
        if recorded[0].state != ChainState.BEGUN:
            yield "no genesis", stream, f"event {recorded[0].event} records it, but none records that it began"
        if any(one.state == ChainState.BEGUN for one in recorded[1:]):
            yield "begun twice", stream, "more than one event records that it began"
        if end is None:
            yield "missing chain", stream, f"event {last.event} records it, but it has no head and no events"
            return
        if end[0] < last.seq:
            text = f"it ends at #{end[0]}, but event {last.event} records that it reached #{last.seq}"
            yield "tail cut", stream, text
        if last.state == ChainState.ENDED and end[0] > last.seq:
            yield (
                "grown",
                stream,
                f"it continues to #{end[0]}, but event {last.event} records that it ended at #{last.seq}",
            )
        yield from self._steps(stream, recorded)
        yield from self._hashes(stream, recorded, end)

    def _steps(self, stream: str, recorded: list[RecordedHead]) -> Iterator[ChainFault]:
        """Compares successive records: an ended chain must not grow until an event records that it may continue."""
        for before, after in zip(recorded, recorded[1:], strict=False):
            if after.seq < before.seq or (before.state == ChainState.ENDED and after.seq > before.seq):
                text = (
                    f"event {before.event} records #{before.seq} as its end, event {after.event} records #{after.seq}"
                )
                yield "grown" if after.seq > before.seq else "recorded shorter", stream, text

    def _hashes(self, stream: str, recorded: list[RecordedHead], end: tuple[int, str]) -> Iterator[ChainFault]:
        wanted = {one.seq: one for one in recorded if 0 < one.seq < end[0]}
        events = Event.objects.filter(stream=stream, seq__in=wanted)
        hashes = dict(events.values_list("seq", "hash")) if wanted else {}
        hashes[end[0]] = end[1]
        for one in recorded:
            if one.seq in hashes and one.seq <= end[0] and hashes[one.seq] != one.hash:
                yield "rewritten", stream, f"event {one.event} records a different hash for its #{one.seq}"
