"""What an action is called and how it reads: one grammar of names, and a sentence for every event there can be."""

from __future__ import annotations

import re
from json import dumps
from pathlib import Path
from typing import Any

import pytest

from accounts.roles import Role
from audit.declared_actions import ACTIONS, DeclaredAction, declare
from audit.models import Event
from audit.redaction import hidden_from, shown
from audit.sentences import HIDDEN, Sentence

ROOT = Path(__file__).resolve().parents[2]
APPS = ("accounts", "api", "audit", "jobs", "reading", "scoring", "studies")
DECLARED = [action for name, action in sorted(ACTIONS.items()) if not name.startswith("tests.")]
LEFTOVERS = re.compile(r"None|[\[\]{}<>|]|''|  | [,.:)]|\( |\(\)|[,:]$")


@pytest.mark.parametrize(
    "name",
    [
        "studies.trial",
        "studies.trial.title.changed",
        "studies.Trial.created",
        "studies.trial_plan.created",
        "studies..created",
        "studies.trial.create",
        "studies.visit.not-done",
        "studies.trial.created ",
    ],
)
def test_a_name_is_an_app_an_object_and_a_past_participle(own_actions: None, name: str) -> None:
    with pytest.raises(ValueError, match=r"allowed: (app\.object\.past-participle|a past participle)"):
        declare(name, label="A label", sentence="did it", seen_by=())


@pytest.mark.parametrize("name", ["tests.trial.created", "tests.sign-in.taken-over", "tests.visit.marked-not-done"])
def test_a_name_that_follows_the_grammar_is_declared(own_actions: None, name: str) -> None:
    declare(name, label="A label", sentence="did it", seen_by=())
    assert ACTIONS[name].label == "A label"


@pytest.mark.parametrize("template", ["signed read {number}", "signed read {id}[ of case {case}", "signed read {id"])
def test_a_sentence_that_could_break_is_refused_when_declared(own_actions: None, template: str) -> None:
    with pytest.raises(ValueError, match="sentence"):
        declare("tests.read.signed", label="Read signed", sentence=template, seen_by=())


def test_every_action_of_an_app_is_declared_by_that_app() -> None:
    assert len(DECLARED) > 120
    for app in APPS:
        text = "".join(path.read_text() for path in (ROOT / app).rglob("audit_actions.py"))
        assert {name for name in ACTIONS if name.startswith(f"{app}.")} == set(
            re.findall(rf'"({app}(?:\.[a-z-]+){{2}})"', text)
        )


def test_labels_distinguish_actions() -> None:
    labels = [action.label for action in DECLARED]
    assert sorted(labels) == sorted(set(labels))
    assert all(re.fullmatch(r"[A-Z][A-Za-z -]+", label) for label in labels)


def filled(action: DeclaredAction) -> tuple[dict[str, Any], dict[str, Any]]:
    """Changes and details that fill every part of its sentence."""
    changes: dict[str, Any] = {}
    details: dict[str, Any] = {}
    for part in "|".join(action.sentence.parts).split("|"):
        prefix, _, field = part.partition(".")
        if field and prefix in ("old", "new"):
            changes[field] = [f"{field} before", f"{field} after"]
        elif field and prefix == "kind":
            details[field] = "reading.leakscan"
        elif part != "id":
            details[part.partition(":")[0].removesuffix("?")] = 3 if ":" in part else part
    return changes, details


def check(text: str) -> None:
    assert re.match(r"[a-z]", text), text
    assert not LEFTOVERS.search(text), text
    assert text.strip() == text


@pytest.mark.parametrize("action", DECLARED, ids=lambda action: action.name)
def test_a_sentence_is_whole_whatever_is_known_of_the_event(action: DeclaredAction) -> None:
    changes, details = filled(action)
    check(action.sentence.of("7", changes, details))
    check(action.sentence.of("7", {}, {}))
    for name in changes:
        check(action.sentence.of("7", {**changes, name: HIDDEN}, details))
        check(action.sentence.of("7", {**changes, name: [None, None]}, details))
    empty: list[object] = [HIDDEN, None, "", [], 0, False]
    for name in details:
        for nothing in empty:
            check(action.sentence.of("7", changes, {**details, name: nothing}))


def event_of(action: DeclaredAction) -> tuple[Event, dict[str, str]]:
    """An event each of whose parts is a canary of its own, and the canaries by part."""
    changes, details = filled(action)
    parts = [*(f"changes.{name}" for name in changes), *(f"details.{name}" for name in details)]
    canaries = {part: f"CANARY{place}x" for place, part in enumerate(parts)}
    content = {
        "changes": {name: [canaries[f"changes.{name}"]] * 2 for name in changes},
        "details": {name: canaries[f"details.{name}"] for name in details},
        "reason": "",
        "rows": [],
    }
    event = Event(
        action=action.name, actor_label="Dr A.", subject_type="tests.box", subject_id="7", body=dumps(content)
    )
    return event, canaries


@pytest.mark.parametrize("action", DECLARED, ids=lambda action: action.name)
def test_no_sentence_holds_what_is_hidden_from_the_role(action: DeclaredAction) -> None:
    """The sentence is made of what redaction has left, for every role and every part that the action hides."""
    event, canaries = event_of(action)
    for role in Role:
        sentence, hidden = shown(event, role).sentence, hidden_from(action.name, role)
        assert sentence.startswith("Dr A. ")
        assert HIDDEN not in sentence
        for part, canary in canaries.items():
            assert canary not in sentence or not {part, part.partition(".")[0]} & hidden, (role, part)


@pytest.mark.parametrize("action", DECLARED, ids=lambda action: action.name)
def test_every_part_of_a_sentence_is_written_by_somebody(action: DeclaredAction) -> None:
    """A part that no code writes under its name would be missing from every sentence, and nobody would see it."""
    text = SOURCES[action.name.partition(".")[0]]
    for part in "|".join(action.sentence.parts).split("|"):
        name = re.sub(r"^(old|new|kind)\.|[:?].*$", "", part)
        assert name == "id" or re.search(rf'"{name}":|"{name}"\]|\b{name}=', text), part


def sources(app: str) -> str:
    """The code that records the actions of an app; results of training are recorded above it."""
    folders = {"reading": ("reading", "scoring")}.get(app, (app,))
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return "".join(path.read_text() for path in paths if path.name != "audit_actions.py")


SOURCES = {app: sources(app) for app in APPS}


def test_values_read_as_words() -> None:
    sentence = Sentence(
        "did {code|id}[ ({reads:read})][ to {kind.what}][ from {old.who} to {new.who}][, again{again?}]"
    )
    details = {"code": "C1", "reads": 1, "what": "reading.leakscan", "again": True}
    recorded = sentence.of("7", {"who": ["A", "B"]}, details)
    assert recorded == "did C1 (1 read) to leak scan from A to B, again"
    assert sentence.of("7", {}, {"reads": ["a", "b"]}) == "did 7 (2 reads)"


def test_a_long_list_is_cut_and_says_so() -> None:
    assert Sentence("did[ {them}]").of("7", {}, {"them": list(range(1, 9))}) == "did 1, 2, 3, 4, 5, 6, 2 more"


def test_brackets_in_a_value_are_left_alone() -> None:
    assert Sentence("named {id}[ {name}]").of("7", {}, {"name": "[{id}] {0}"}) == "named 7 [{id}] {0}"
