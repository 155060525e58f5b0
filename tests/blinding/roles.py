"""Which fields of a world are secret to whom: read off the table of accounts.hidden, nothing else."""

from __future__ import annotations

from dataclasses import dataclass, replace

from accounts.hidden import HidingState, Secret, Sight, seen_in
from accounts.roles import Role
from tests.blinding.secrets_of import Secrets

FIELDS: dict[Secret, frozenset[str]] = {
    Secret.PATIENT: frozenset({"subjects"}),
    Secret.SITE: frozenset({"sites", "site_of"}),
    Secret.DATES: frozenset({"begins"}),
    Secret.VISITS: frozenset({"kinds", "planned", "visits"}),
    Secret.ORDER: frozenset({"order"}),
    Secret.FILES: frozenset({"names", "upload"}),
    Secret.ARM: frozenset({"arms"}),
    Secret.SCORES: frozenset({"tilt"}),
    Secret.DISCORDANCE: frozenset({"discordant"}),
    Secret.OTHER_READS: frozenset({"others"}),
    Secret.OTHER_SITES: frozenset({"foreign"}),
    Secret.OTHER_TRIALS: frozenset({"another_trial"}),
}
# How far the campaign is while it is open; in every other state it stands where its state says, for everybody.
STAGES = {"reader": "reading", "site": "reading", "checker": "reading", "custodian": "reading"}
# What a declared exception takes out of the fields that may differ: the rest must still be alike.
EXCEPTED: dict[str, frozenset[str]] = {
    "coordinator": frozenset({"discordant"}),  # adjudication
    "lead": frozenset({"draw"}),  # figures: values are seen under the letters that were drawn
    "sponsor": frozenset({"others"}),  # progress
    "auditor": frozenset({"upload"}),  # numbers
    "administrator": frozenset({"foreign", "others", "sites"}),  # numbers, accounts
}
PEOPLE = [role.value for role in Role if role != Role.SYSTEM] + ["outsider", "anonymous"]


@dataclass(frozen=True)
class Blinded:
    """Somebody from whom fields of a world are hidden, and the stage of the campaign at which he asks."""

    who: str
    presentation: str = "together-random"
    state: HidingState = HidingState.OPEN

    @property
    def stage(self) -> str:
        """How far the campaign is."""
        return STAGES.get(self.who, "adjudicating") if self.state == HidingState.OPEN else self.state.value

    @property
    def ids_by_content(self) -> bool:
        """Whether row numbers must not depend on what others sent: they stand in a site's own addresses."""
        return self.who == "site"

    def fields(self) -> frozenset[str]:
        """The fields that may differ between his worlds."""
        hidden = {secret for secret in Secret if self.is_hidden(secret)}
        found = frozenset(name for secret in hidden for name in FIELDS[secret])
        if Secret.ORDER in hidden and Secret.DATES not in hidden:
            found = (found - {"order"}) | {"draw"}  # he may know the days, not which of them a pane shows
        return found - EXCEPTED.get(self.who, frozenset())

    def is_hidden(self, secret: Secret) -> bool:
        """Whether he may know nothing of it, in this presentation and state."""
        if self.who in ("outsider", "anonymous"):
            return True
        return seen_in(secret, Role(self.who), self.presentation, self.state) == Sight.HIDDEN

    def second(self, first: Secrets, other: Secrets) -> Secrets:
        """The first world with everything hidden from him taken from the other."""
        changed = replace(first, **{name: getattr(other, name) for name in sorted(self.fields())})
        return others_of_a_site(first, changed, other) if self.who == "site" else changed


def others_of_a_site(first: Secrets, changed: Secrets, other: Secrets) -> Secrets:
    """A site's own subjects stay as they are; those of the other site, and its code, differ in everything."""
    elsewhere = {number for number, site in enumerate(first.site_of) if site == 1}

    def mixed(name: str) -> tuple[object, ...]:
        pairs = zip(getattr(first, name), getattr(other, name), strict=True)
        return tuple(new if number in elsewhere else own for number, (own, new) in enumerate(pairs))

    per_subject = {name: mixed(name) for name in ("order", "begins", "subjects")}
    return replace(changed, **per_subject, sites=(first.sites[0], other.sites[1]))  # type: ignore[arg-type]
