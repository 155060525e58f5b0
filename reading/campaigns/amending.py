"""Putting a campaign under a later version of its charter: signed, and only if it changes no term that is frozen."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import User
from accounts.roles import Action, authorise
from accounts.signatures import prove, signed_before, statement, write_signature
from accounts.signed_acts import Act
from audit.labels import field_in_words
from audit.trail import Actor, audited_atomic, record
from config.errors import WrongState
from config.wording import both, quoted
from reading.campaigns.held_campaigns import held_campaign
from reading.capture_chains import hold_chains, reads_in_hand
from reading.charter.amendments import barred_terms
from reading.charter.approval import why_unapproved
from reading.charter.versions import terms_of
from reading.models import Campaign, CampaignStatus, Case, Charter, CharterStatus, SignedValues
from reading.states import demand_reason, said_of

AMENDABLE = (CampaignStatus.DRAFT, CampaignStatus.OPEN)


def later_versions(campaign: Campaign) -> QuerySet[Charter]:
    """The signed versions of the charter after the campaign's own, the newest first."""
    signed = Charter.objects.filter(trial=campaign.trial_id, status=CharterStatus.SIGNED)
    return signed.filter(version__gt=campaign.charter.version).order_by("-version")


def amend_campaign(
    *, campaign: Campaign, actor: Actor, user: User, password: str, charter: Charter, reason: str
) -> None:
    """Puts the campaign, and its cases without reads, under a later version; the same form sent twice does it once.

    Before the first signature in the campaign, every case is put under it.
    """
    authorise(actor, Action.RUN_CAMPAIGN)
    demand_reason(reason)
    prove(act=Act.AMENDMENT, user=user, password=password)
    with audited_atomic():
        hold_chains(reads_in_hand(campaign))
        current = held_campaign(campaign)
        on_campaign = ("reading.campaign", str(current.pk))
        digest = digest_of_amendment(current, charter, reason)
        if signed_before(act=Act.AMENDMENT, user=user, record=on_campaign, digest=digest):
            return
        demand_amendable(current, charter)
        before, cases = current.charter.version, list(cases_to_move(current))
        write_signature(
            act=Act.AMENDMENT, actor=actor, user=user, record=on_campaign, digest=digest, stream=current.trial.code
        )
        Campaign.objects.filter(pk=current.pk).update(charter=charter)
        Case.objects.filter(pk__in=[case.pk for case in cases]).update(charter=charter)
        record(
            action="reading.campaign.amended",
            actor=actor,
            stream=current.trial.code,
            subject=on_campaign,
            changes={"charter version": [before, charter.version]},
            reason=reason,
            details={"campaign": current.code, "charter version": charter.version, "cases": len(cases)},
            tracked=[current, *cases],
        )
    campaign.refresh_from_db()


def digest_of_amendment(campaign: Campaign, charter: Charter, reason: str) -> str:
    """What the signature covers: the campaign, the version with its terms, and the reason."""
    facts = {"trial": campaign.trial.code, "campaign": campaign.code, "reason": reason}
    return statement(**facts, version=charter.version, charter=charter.digest)


def is_signed(campaign: Campaign) -> bool:
    """Whether any read of the campaign was ever signed, at least one step of it."""
    return SignedValues.objects.filter(step__read__case__campaign=campaign).exists()


def cases_to_move(campaign: Campaign) -> QuerySet[Case]:
    """The cases that were not issued yet; all of them before the first signature.

    Stopped cases are among them, because they resume when a withdrawal of consent is corrected.
    """
    cases = campaign.cases.live().select_for_update(no_key=True, of=("self",)).order_by("pk")
    return cases.filter(reads=None) if is_signed(campaign) else cases


def demand_amendable(campaign: Campaign, charter: Charter) -> None:
    """WrongState unless the version is signed, later, and keeps every term that the campaign must keep."""
    if campaign.status not in AMENDABLE:
        allowed = "Only a campaign in preparation or open can be put under another charter version."
        raise WrongState(f"{said_of(campaign)} {allowed}")
    own = campaign.charter.version
    if not later_versions(campaign).filter(pk=charter.pk).exists():
        raise WrongState(
            f"Campaign {campaign.code} is under charter version {own}. It can only get a later version of the same "
            f"trial that is signed; version {charter.version} of trial {charter.trial.code} is not."
        )
    if campaign.status == CampaignStatus.DRAFT:
        return
    if text := why_unapproved(charter):
        raise WrongState(f"{text} Campaign {campaign.code} is open and can be put under it after that.")
    signed = is_signed(campaign)
    barred = barred_terms(terms_of(campaign.charter), terms_of(charter), signed=signed)
    if barred:
        has = "has signed reads" if signed else "is open"
        terms = both(quoted(field_in_words("reading.charter", name)) for name in barred)
        raise WrongState(
            f"Campaign {campaign.code} {has}, so it cannot be put under charter version {charter.version}, which "
            f"changes {terms}. Read the cases in a new campaign under that version."
        )
