"""Two worlds in which values change after a signature: what the reader must answer, and what the imaging lead sees."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from reading.models import DisplayedTimepoint, Read
from reading.room.signing import return_read
from scoring.history.access import HistoryAccess
from scoring.history.revisions import Identities
from tests.blinding.asking import WorldAnswer, WorldRequest
from tests.blinding.finding import play_one
from tests.blinding.frozen import Frozen
from tests.blinding.planted import LEAKS, Leak
from tests.blinding.playing import differences, world_of
from tests.blinding.roles import Blinded
from tests.blinding.scripts import operations, page, parts_of, post
from tests.blinding.secrets_of import FIRST, SECOND, Secrets, mixed
from tests.blinding.worlds import PASSWORD, World

pytestmark = pytest.mark.django_db
SCORES = "/trials/TWO/audit/scores/"
SEARCHES = (
    "",
    "?format=csv",
    "?after=True",
    "?joint=PIP2",
    "?case-from=2&case-to=2",
    "?saved-from=2026-01-01",
    "?size=100",
)
# Of single reads the lead learns no subject and no visit while the campaign is open, though scores are no secret.
OPEN_TO_THE_LEAD = {"tilt", "discordant", "others"}
Script = Callable[[World], list[WorldRequest]]


def return_first(world: World, held: Frozen) -> None:
    """The coordinator returns the one case that the reader has signed."""
    held.begin("returning")
    read = Read.objects.get(reader=world.people["reader"], status="signed")
    coordinator: dict[str, Any] = {
        "actor": world.actors["coordinator"],
        "user": world.people["coordinator"],
        "password": PASSWORD,
    }
    return_read(read=read, reason="incomplete", note="a joint was overlooked", **coordinator)


def correcting(world: World) -> list[WorldRequest]:
    """The reader changes signed values: without a reason, with one that is not on the list, and as the dialog asks."""
    returned = Read.objects.get(reader=world.people["reader"], status="returned")
    part = next(one for one in parts_of(world, "reader") if one.read == returned)
    changed = [given | {"base_revision": 1, "value": 4} for given in operations(part, lambda place: 4)[:2]]
    why = {"change_reason": "judged-again", "change_note": "plain on a second look"}
    sent = [{}, {"change_reason": "none", "change_note": "x"}, {"change_reason": "other", "change_note": " "}, why]
    saves = [
        post(
            part,
            "values",
            {"ops": [one | recorded | {"op_id": f"again-{nth}-{place}"} for place, one in enumerate(changed)]},
        )
        for nth, recorded in enumerate(sent)
    ]
    signing = page(part, "sign", "post", {"password": PASSWORD, "meaning": "corrected", "values_digest": "@digest"})
    shown = [page(part, "screen"), *saves, page(part, "screen"), page(part, "review"), signing, page(part, "signed")]
    return [*shown, WorldRequest("reading:worklist", "/read/"), WorldRequest("home", "/")]


def following(world: World) -> list[WorldRequest]:
    """What the lead opens of the history: every list, some cells, and a signature that is not theirs."""
    tokens = DisplayedTimepoint.objects.order_by("pk").values_list("token", flat=True)[:3]
    lists = [WorldRequest("scoring:scores", SCORES + search) for search in SEARCHES]
    cells = [WorldRequest("scoring:score_cell", f"{SCORES}cells/{token}/GL-PIP2/") for token in tokens]
    return [*lists, *cells, WorldRequest("scoring:review_scores", f"{SCORES}review/")]


def played(
    who: str, secrets: Secrets, script: Script | Sequence[WorldRequest], planted: Leak
) -> tuple[list[WorldRequest], list[list[WorldAnswer]]]:
    """The script in one world: as the product is, and with a leak."""
    with world_of(secrets, stage="reading", ids_by_content=False) as (world, held):
        return_first(world, held)
        steps = script(world) if callable(script) else list(script)
        return steps, [play_one(world, held, who, steps, leak)[0] for leak in (None, planted)]


def compared(who: str, second: Secrets, script: Script, planted: Leak) -> list[WorldAnswer]:
    """No answer differs between the worlds unless the leak is there; gives the answers of the first."""
    steps, (one, one_leaking) = played(who, FIRST, script, planted)
    _, (two, two_leaking) = played(who, second, steps, planted)
    assert differences(who, one, two) == []
    assert differences(who, one_leaking, two_leaking) != [], planted.title
    return one


def test_the_dialog_for_a_changed_value_and_its_refusals_reveal_nothing_hidden() -> None:
    leak = next(one for one in LEAKS if one.title == "error text with the visit")
    one = compared("reader", Blinded("reader").second(FIRST, SECOND), correcting, leak)
    assert [answer.status for answer in one if answer.step.endswith("/values")] == [400, 400, 400, 200]
    assert [answer.status for answer in one if answer.step.endswith("/sign")] == [303]


def identities_at_once(patch: pytest.MonkeyPatch) -> None:
    """Subjects and visits as if the campaign were closed."""
    patch.setattr(HistoryAccess, "identities", property(lambda seen: Identities(seen.whole)))


def test_the_leads_history_of_an_open_campaign_reveals_neither_whose_nor_which_visit_a_value_is() -> None:
    leak = Leak("identities in the score history of an open campaign", "lead", identities_at_once, ("scores",))
    fields = Blinded("reader").fields() - OPEN_TO_THE_LEAD
    one = compared("lead", mixed(fields), following, leak)
    assert sum(answer.status == 200 for answer in one) >= len(SEARCHES) + 3
