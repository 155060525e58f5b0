"""One comparison: a pair of worlds, everything that is asked in both, and no difference that is not declared."""

from __future__ import annotations

from accounts.hidden import HidingState
from tests.blinding.draws import script
from tests.blinding.playing import differences, play_both
from tests.blinding.roles import PEOPLE, Blinded
from tests.blinding.secrets_of import Secrets
from tests.routes import every_route

# Done when at least so many pairs of answers were compared in one long run.
PAIRS = 10_000
# Once the campaign is locked, and once the arms are open, everybody asks; before that, those for whom it matters.
CONCERNED = {
    HidingState.CLOSED: ["reader", "coordinator", "site", "statistician", "signer"],
    HidingState.ASKED: ["lead", "statistician", "signer"],
    HidingState.LOCKED: PEOPLE,
    HidingState.UNSEALED: PEOPLE,
}
IN_STATES = [(state, who) for state, people in CONCERNED.items() for who in people]


def compared(
    who: str,
    first: Secrets,
    second: Secrets,
    seed: int,
    *,
    per_route: int,
    own: int,
    state: HidingState = HidingState.OPEN,
) -> int:
    """How many pairs of answers were compared; fails at the first difference that is not declared."""
    person = Blinded(who, first.presentation, state)
    one, two = play_both(
        who,
        first,
        person.second(first, second),
        stage=person.stage,
        choose=script(who, seed, per_route=per_route, own=own),
        ids_by_content=person.ids_by_content,
    )
    found = differences(who, one, two)
    assert found == [], "\n".join(found[:5])
    assert len(one) > len(every_route())
    return len(one)
