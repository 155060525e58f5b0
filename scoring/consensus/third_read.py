"""When a third reader reads a case: after discordant primary reads, and for a share of the concordant cases."""

from __future__ import annotations

from audit.trail import Actor
from reading.charter.versions import terms_of
from reading.issuing.adjudication import request_adjudication
from reading.issuing.randomisation import Draw, new_seed
from reading.models import Case, ReadKind
from scoring.models import Outcome


def ask_for_third_read(case: Case, outcome: Outcome, actor: Actor) -> None:
    """A discordant case goes to an adjudicator; so does the charter's share of concordant ones, results unused.

    Under a charter without adjudication no read is requested.
    """
    terms = terms_of(case.campaign.charter)
    if not terms.adjudicates or case.reads.counting().filter(kind=ReadKind.ADJUDICATION).exists():
        return
    share = terms.concordant_share
    control = outcome == Outcome.CONSENSUS and Draw(new_seed(), "control").chance(share)
    if outcome == Outcome.DISCORDANT or control:
        request_adjudication(case=case, actor=actor)
