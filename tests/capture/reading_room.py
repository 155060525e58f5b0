"""A server of one read, written from the contract of the reading screen; keeps every revision, fails on demand.

The pages are the real templates. What readers rely on is tested here with faults no real server gives on demand.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.template.loader import render_to_string

import instruments
from imaging.levels import NormalForm
from reading.room.change_reasons import CHANGE_REASONS
from reading.room.pace import Wait
from tests.viewer.films import drawn, put_film
from tests.viewer.site import NO_ANSWER, HandlerAnswer, Request, StaticSite

KEY = base64.b64encode(bytes(range(32))).decode()
SIDES = (("L", "hand"), ("R", "hand"), ("L", "foot"), ("R", "foot"))
FEATURES = {"erosion": "Erosion", "narrowing": "Narrowing", "grade": "Grade"}
PROBLEMS = [
    {"code": "wrong-side", "label": "The film shows the other side"},
    {"code": "other", "label": "Something else"},
]


def small_film(site: StaticSite, token: str, side: str, view: str, seed: int) -> dict[str, Any]:
    """A film of noise, for tests that look at values and not at films."""
    form = NormalForm(drawn(96, 80, 4095, seed), 2000, 3000)
    return put_film(site, token, form, side=side, view=view, joints={"MCP2": [40.0, 50.0], "PIP2": [30.0, 20.0]})


@dataclass
class ReadingRoom:
    """One read on a site: `stored` is what a server has, in order; `faults` are answers given before any other."""

    site: StaticSite
    token: str = "read"
    panes: int = 3
    instrument: str = "svdh"
    terms: dict[str, Any] = field(default_factory=dict)
    film: Callable[[StaticSite, str, str, str, int], dict[str, Any]] = small_film
    absent: frozenset[tuple[int, str, str]] = frozenset()
    label: str = "Case 12 of 40"
    next_room: ReadingRoom | None = None
    signed_in: bool = True
    other_user: bool = False
    read_only: str = ""
    awaits_reference: bool = False
    signed_before: bool = False
    wait: Wait | None = None
    stored: dict[str, dict[str, Any]] = field(default_factory=dict)
    cells: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    notes: dict[str, dict[str, Any]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    signatures: list[dict[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.base = f"/read/{self.token}/"
        self.form = instruments.get(self.instrument)
        self.shown = [self._pane(place) for place in range(self.panes)]
        routes: dict[str, Callable[[Request], HandlerAnswer]] = {
            "": self._screen,
            "values": self._values,
            "notes": self._note,
            "problem": lambda request: HandlerAnswer(status=303, headers={"Location": self.base}),
            "take-over": lambda request: HandlerAnswer(status=204),
            "review": self._review,
            "sign": self._sign,
            "signed": self._signed,
        }
        for name, handler in routes.items():
            self.site.routes[self.base + name] = self._guarded(handler)
        self.site.routes["/sign-in/over/"] = self._sign_in
        self.site.put("/read/", b"<!doctype html><title>Worklist</title><p>Worklist</p>", "text/html")

    def value(self, item: str, place: int = 0) -> tuple[int | None, str] | None:
        """What the server has in a cell now."""
        cell = self.cells.get((f"{self.token}-{'ABCDEFGH'[place]}", item))
        return (cell["value"], cell["reason"]) if cell else None

    def _pane(self, place: int) -> dict[str, Any]:
        letter = "ABCDEFGH"[place]
        films = []
        for number, (side, view) in enumerate(SIDES):
            if (place, side, view) in self.absent:
                films.append({"token": "", "side": side, "view": view, "absent": True})
                self._mark_absent(letter, side, view)
            else:
                token = f"{self.token}-{letter}-{side}-{view}"
                films.append(self.film(self.site, token, side, view, place * 4 + number))
        return {"letter": letter, "timepoint": f"{self.token}-{letter}", "films": films}

    def _mark_absent(self, letter: str, side: str, view: str) -> None:
        for item in self.form.items_of(side=side, region=view):
            marked = {"value": None, "reason": "ABSENT", "revision": 1, "by_system": True}
            self.cells[(f"{self.token}-{letter}", item.key)] = marked

    def _guarded(self, handler: Callable[[Request], HandlerAnswer]) -> Callable[[Request], HandlerAnswer]:
        def answer(request: Request) -> HandlerAnswer:
            fault = self.faults.pop(0) if self.faults and request.method == "POST" else ""
            if fault in ("lost", "killed"):
                handler(request)
                return HandlerAnswer(status=503 if fault == "lost" else NO_ANSWER)
            if fault == "cut":
                handler(request)
                return HandlerAnswer(b'{"results": [', "application/json")
            if fault == "proxy":
                return HandlerAnswer(b"<h1>Forbidden</h1>", "text/html", 403)
            if fault:
                return HandlerAnswer.of_json({"error": f"fault {fault}"}, int(fault))
            if not self.signed_in:
                return HandlerAnswer.of_json({"error": "signed out"}, 401)
            return handler(request)

        return answer

    @property
    def progress(self) -> dict[str, int]:
        """How many cells have something, of how many."""
        filled = sum(cell["value"] is not None or cell["reason"] != "" for cell in self.cells.values())
        return {"saved_count": filled, "expected_count": len(self.form.items) * self.panes}

    @property
    def case(self) -> dict[str, Any]:
        """The case block."""
        names = ("values", "notes", "problem", "take-over", "review", "sign")
        urls = {name.replace("-", "_"): self.base + name for name in names}
        return {
            "token": self.token,
            "label": self.label,
            "order_note": "the order is random",
            "user_label": "",
            "read_only": self.read_only,
            "awaits_reference": self.awaits_reference,
            "signed_before": self.signed_before,
            "progress": self.progress,
            "urls": {**urls, "screen": self.base, "worklist": "/read/"},
            "panes": self.shown,
        }

    def _screen(self, request: Request) -> HandlerAnswer:
        if self.other_user:
            return HandlerAnswer(b"not here", "text/html", 404)
        presets = [{"label": "Film", "center": 0, "width": 1}, {"label": "Bone", "center": 0.15, "width": 0.6}]
        terms = {
            "bulk_zero": True,
            "entry_order": "joint-major",
            "display_mode": "whole",
            "presets": presets,
            **self.terms,
        }
        follower = self.next_room
        context = {
            "case": self.case,
            "instrument": self._instrument(),
            "values": self._present(),
            "terms": terms,
            "queue_key": KEY,
            "next_case": {"url": follower.base, "films": [p["films"][0] for p in follower.shown]} if follower else None,
            "problems": PROBLEMS,
            "change_reasons": [{"code": code, "label": label} for code, label in CHANGE_REASONS.items()],
            "csrf_token": "token-1",
        }
        return HandlerAnswer(render_to_string("reading/screen.html", context).encode(), "text/html; charset=utf-8")

    def _instrument(self) -> dict[str, Any]:
        form = self.form
        names = ("key", "feature", "side", "region", "joint", "label", "allowed")
        return {
            "key": form.key,
            "name": form.title,
            "items": [{name: getattr(item, name) for name in names} for item in form.items],
            "features": [{"key": key, "label": FEATURES[key]} for key in form.features],
            "reasons": [{"code": reason.code, "label": reason.label} for reason in form.reasons],
            "wording": {key: sorted(texts.items()) for key, texts in form.wordings[form.default_wording].items()},
        }

    def _present(self) -> dict[str, dict[str, Any]]:
        present: dict[str, dict[str, Any]] = {}
        for (timepoint, item), cell in self.cells.items():
            present.setdefault(timepoint, {})[item] = cell
        for note in self.notes.values():
            cell = present.setdefault(note["timepoint"], {}).setdefault(note["item"], {})
            cell.update(flag=note["flag"], comment=note["comment"])
        return present

    def _values(self, request: Request) -> HandlerAnswer:
        operations: Any = request.json()["ops"]
        for operation in operations:
            item = self.form.item(operation["item"])
            if operation["value"] is not None and operation["value"] not in item.allowed:
                return HandlerAnswer.of_json({"error": f"{item.label}: {operation['value']} is not allowed"}, 400)
        return HandlerAnswer.of_json({"results": [self._take(operation) for operation in operations], **self.progress})

    def _take(self, operation: dict[str, Any]) -> dict[str, Any]:
        place = (operation["timepoint"], operation["item"])
        if operation["op_id"] in self.stored:
            return {**self.stored[operation["op_id"]], "status": "duplicate"}
        cell = self.cells.get(place, {"value": None, "reason": "", "revision": 0})
        here = {
            "op_id": operation["op_id"],
            "timepoint": place[0],
            "item": place[1],
            "saved_at": "2026-11-22T12:01:03.000Z",
        }
        if cell["revision"] != operation["base_revision"]:
            return {**here, **{name: cell[name] for name in ("value", "reason", "revision")}, "status": "conflict"}
        new = {"value": operation["value"], "reason": operation["reason"], "revision": cell["revision"] + 1}
        self.cells[place] = new
        self.stored[operation["op_id"]] = {**operation, **here, **new}
        return {**here, **new, "status": "saved"}

    def _note(self, request: Request) -> HandlerAnswer:
        note: dict[str, Any] = request.json()
        self.notes[str(note["op_id"])] = note
        return HandlerAnswer.of_json({**note, "saved_at": "2026-11-22T12:01:03.000Z", **self.progress})

    def _review(self, request: Request, error: str = "", status: int = 200) -> HandlerAnswer:
        gaps = [
            {"timepoint": pane["timepoint"], "letter": pane["letter"], "item": item.key, "label": item.label}
            for item in self.form.items
            for pane in self.shown
            if (pane["timepoint"], item.key) not in self.cells
        ]
        context = {
            "case": {**self.case, "panes": []},
            "progress": self.progress,
            "can_sign": not gaps,
            "why_not": f"{len(gaps)} cells are empty." if gaps else "",
            "error": error,
            "values_digest": str(len(self.stored)),
            "sign_op_id": "f" * 32,
            "meanings": [{"code": "read", "label": "I read these films and these are my scores."}],
            "grid": [],
            "signatures": [],
            "gaps": gaps,
            "impossible": [],
            "not_assessable": [],
            "bulk": [],
            "flags": [],
            "by_timepoint": [{"letter": "A", "scored": 0, "not_assessable": 0, "absent": 0, "empty": len(gaps)}],
            "queue_key": KEY,
            "csrf_token": "token-1",
        }
        body = render_to_string("reading/review.html", context).encode()
        return HandlerAnswer(body, "text/html; charset=utf-8", status)

    def _sign(self, request: Request) -> HandlerAnswer:
        fields = dict(pair.split("=", 1) for pair in request.body.decode().split("&"))
        if fields["password"] != "right":
            return self._review(request, "The password is not right.", 400)
        self.signatures.append(fields)
        return HandlerAnswer(status=303, headers={"Location": f"{self.base}signed"})

    def _signed(self, request: Request) -> HandlerAnswer:
        following = {"token": self.next_room.token, "status": "issued", "what": "Case"} if self.next_room else None
        context = {
            "case": {**self.case, "panes": []},
            "what": "Case",
            "signature": {"signature": {"printed_name": "Reader", "meaning": "These are my scores"}},
            "following": following,
            "wait": self.wait,
            "queue_key": KEY,
            "csrf_token": "token-1",
        }
        return HandlerAnswer(render_to_string("reading/signed.html", context).encode(), "text/html; charset=utf-8")

    def _sign_in(self, request: Request) -> HandlerAnswer:
        if request.method == "GET":
            return HandlerAnswer.of_json({"csrf": "token-2", "signed_in": self.signed_in})
        if b"password=right" not in request.body:
            return HandlerAnswer.of_json({"error": "Sign-in failed."}, 401)
        self.signed_in = True
        return HandlerAnswer.of_json({"csrf": "token-3"})
