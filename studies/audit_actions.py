"""What the audit trail records about the plan, people, arms and questions of a trial; films have their own actions."""

from __future__ import annotations

from accounts.roles import Role
from audit.declared_actions import declare
from studies.arrival import audit_actions as arrival  # noqa: F401
from studies.desk import audit_actions as desk  # noqa: F401

PLANNERS = frozenset({Role.COORDINATOR, Role.AUDITOR})
AROUND_ARMS = frozenset({Role.COORDINATOR, Role.CUSTODIAN, Role.STATISTICIAN, Role.AUDITOR})
# Those who ask and those who answer; only they may see the text of a question.
ASKERS = frozenset({Role.COORDINATOR})


def planned(name: str, label: str, sentence: str) -> None:
    """Declares an action on the plan of a trial and its people."""
    declare(name, label=label, sentence=sentence, seen_by=PLANNERS)


def on_arms(name: str, label: str, sentence: str) -> None:
    """Declares an action on sealed arms."""
    declare(name, label=label, sentence=sentence, seen_by=AROUND_ARMS)


def on_question(name: str, label: str, sentence: str) -> None:
    """Declares an action on a question to a site."""
    declare(name, label=label, sentence=sentence, seen_by=ASKERS, hides=("reason", "details"))


planned("studies.trial.created", "Trial created", "created trial {code|id}")
planned("studies.site.added", "Site added", "added site {code|id}[ ({name})]")
planned("studies.site.renamed", "Site renamed", "renamed site {code|id}[ to {new.name}]")
planned("studies.planned-visit.added", "Planned visit added", "planned visit {code|id}")
planned("studies.planned-visit.changed", "Planned visit changed", "changed the plan of visit {code|id}")
planned("studies.subject.enrolled", "Subject enrolled", "enrolled subject {code|id}[ at site {site}]")
planned(
    "studies.consent.withdrawn",
    "Withdrawal of consent recorded",
    "recorded that subject {code|id} withdrew consent[ on {on}]",
)
planned(
    "studies.consent.instructed",
    "Sponsor instruction recorded",
    "recorded the sponsor's instruction about the data of subject {code|id}, who withdrew consent",
)
planned(
    "studies.consent.corrected",
    "Withdrawal of consent corrected",
    "recorded that the consent of subject {code|id} was not withdrawn",
)
planned("studies.visit.added", "Visit added", "added [{kind} ]visit {code|id}[ of subject {subject}] outside the plan")
planned(
    "studies.visit.marked-not-done",
    "Visit marked as not done",
    "marked visit {code|id}[ of subject {subject}] as not done",
)
planned(
    "studies.visit.expected-again",
    "Visit expected again",
    "marked visit {code|id}[ of subject {subject}] as expected again",
)
planned(
    "studies.film.marked-absent",
    "Film marked as not available",
    "marked the [{side} {view} ]film of visit {visit|id} as not available",
)
planned(
    "studies.film.expected-again",
    "Film expected again",
    "marked the [{side} {view} ]film of visit {visit|id} as expected again",
)
planned("studies.sites.reminded", "Sites reminded", "reminded [{sites:site} of ]overdue films")
planned("studies.film.replaced", "Film replaced", "replaced film {id}[ with film {replacement}]")
planned(
    "studies.membership.granted",
    "Role granted",
    "granted a role[ ({role})][ to {name}][ at site {site}], membership {id}[, as the system ({by_system})]",
)
planned(
    "studies.membership.proposed",
    "Role proposed",
    "granted a role[ ({role})][ to {name}] that a third person has to confirm, membership {id}",
)
planned("studies.membership.confirmed", "Role confirmed", "confirmed a role[ ({role})][ of {name}], membership {id}")
planned("studies.membership.refused", "Role refused", "refused a role[ ({role})][ of {name}], membership {id}")
planned(
    "studies.membership.used",
    "Role used for the first time",
    "used a role[ ({role})] for the first time, membership {id}",
)
planned(
    "studies.first-coordinator.appointed",
    "First coordinator appointed",
    "became the first coordinator by creating the trial, membership {id}",
)
planned(
    "studies.membership.revoked",
    "Role revoked",
    "revoked a role[ ({role})][ of {name}][ at site {site}], membership {id}",
)
planned(
    "studies.member.unblinded",
    "Person unblinded",
    "recorded person {name|id} as unblinded[ and ended these roles: {ended}]",
)

planned(
    "studies.deviation.logged",
    "Deviation logged",
    "logged deviation {number|id}[ ({category})][ at site {site}][, subject {subject}][, visit {visit}]",
)
planned(
    "studies.deviation.corrected",
    "Deviation corrected",
    "corrected deviation {number|id}[, which is now version {version}]",
)
planned(
    "studies.deviation.closed", "Deviation closed", "closed deviation {number|id}[, which is now version {version}]"
)
planned(
    "studies.deviation.reopened",
    "Deviation reopened",
    "reopened deviation {number|id}[, which is now version {version}]",
)

on_arms("studies.sealed-arms.chosen", "Sealed arms chosen", "chose to hold sealed arms in trial {trial|id}")
on_arms("studies.sealed-arms.declined", "Sealed arms declined", "chose to hold no arms in trial {trial|id}")
on_arms(
    "studies.custodian-key.registered",
    "Custodian key registered",
    "registered a public key for the arms of trial {trial|id}",
)
on_arms(
    "studies.custodian-key.confirmed",
    "Custodian key confirmed",
    "confirmed a public key for the arms of trial {trial|id}",
)
on_arms(
    "studies.arms.imported",
    "Arms imported",
    "imported the sealed arms[ of {subjects:subject}][, version {version}], import {id}",
)

on_question("studies.question.asked", "Question asked", "sent question {id}[ to site {site}][ about film {film}]")
on_question("studies.question.answered", "Question answered", "answered question {id}[ about film {film}]")
on_question("studies.question.reminded", "Question reminder sent", "reminded the site of question {id}")
on_question("studies.question.closed", "Question closed", "closed question {id}[ about film {film}]")
on_question("studies.question.reopened", "Question reopened", "reopened question {id}[ about film {film}]")
