"""What is hidden from which role: one frozen table and every exception to it. A test compares docs/blinding.md with it.

Anything else that a role can learn is a leak. tests/blinding compares two worlds that differ only in what is hidden.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from accounts.roles import Role

R = Role
EVERYBODY = frozenset(role for role in Role if role != Role.SYSTEM)
READERS = frozenset({R.READER, R.ADJUDICATOR})
KNOW_PATIENTS = frozenset({R.COORDINATOR, R.CHECKER, R.LEAD, R.STATISTICIAN, R.CUSTODIAN, R.SPONSOR, R.AUDITOR})
KNOW_SCORES = frozenset({R.LEAD, R.STATISTICIAN})


class Secret(StrEnum):
    """The information that can be hidden, as named in the table."""

    PATIENT = "patient and subject code"
    SITE = "site"
    DATES = "dates of visits and films"
    VISITS = "number, type and completeness of visits"
    ORDER = "true order of what was shown"
    FILES = "file names, headers and order of upload"
    ARM = "arm"
    SCORES = "scores and totals"
    DISCORDANCE = "discordance"
    OTHER_READS = "reads of other readers, and who they are"
    OTHER_SITES = "data of other sites"
    OTHER_TRIALS = "data of other trials"


class HidingState(StrEnum):
    """The states of a campaign that change what is hidden."""

    OPEN = "open"
    CLOSED = "closed"
    ASKED = "lock requested"
    LOCKED = "locked"
    UNSEALED = "arms opened"


class Sight(StrEnum):
    """How much of a secret a role sees."""

    HIDDEN = "hidden"
    OWN = "own"
    SEEN = "seen"
    WHILE_OPEN = "own, while the campaign is open"
    CHARTER = "if the presentation is chronological"
    UNSEALED = "hidden until the arms are opened"
    AT_LOCK = "summary, once a lock is requested"
    CLOSED = "hidden until the campaign is closed"
    LOCKED = "hidden until the campaign is locked"


SEEN: dict[Secret, frozenset[Role]] = {
    Secret.PATIENT: KNOW_PATIENTS,
    Secret.SITE: KNOW_PATIENTS | {R.SITE},
    Secret.DATES: KNOW_PATIENTS - {R.CUSTODIAN},
    Secret.VISITS: KNOW_PATIENTS - {R.CUSTODIAN},
    Secret.ORDER: frozenset({R.COORDINATOR, R.STATISTICIAN}),
    Secret.FILES: frozenset({R.COORDINATOR, R.CHECKER}),
    Secret.ARM: frozenset(),
    Secret.SCORES: KNOW_SCORES,
    Secret.DISCORDANCE: KNOW_SCORES,
    Secret.OTHER_READS: KNOW_SCORES | {R.COORDINATOR, R.SIGNER, R.AUDITOR},
    Secret.OTHER_SITES: KNOW_PATIENTS,
    Secret.OTHER_TRIALS: frozenset({R.ADMINISTRATOR}),
}
OTHERWISE: dict[tuple[Secret, Role], Sight] = {
    (Secret.PATIENT, R.SITE): Sight.OWN,
    (Secret.DATES, R.SITE): Sight.OWN,
    (Secret.VISITS, R.SITE): Sight.OWN,
    (Secret.FILES, R.SITE): Sight.OWN,
    (Secret.ORDER, R.READER): Sight.CHARTER,
    (Secret.ORDER, R.ADJUDICATOR): Sight.CHARTER,
    (Secret.SCORES, R.READER): Sight.WHILE_OPEN,
    (Secret.SCORES, R.ADJUDICATOR): Sight.WHILE_OPEN,
    (Secret.SCORES, R.SIGNER): Sight.AT_LOCK,
    (Secret.DISCORDANCE, R.SIGNER): Sight.AT_LOCK,
    (Secret.ORDER, R.LEAD): Sight.CLOSED,
    (Secret.ORDER, R.AUDITOR): Sight.LOCKED,
    (Secret.SCORES, R.AUDITOR): Sight.LOCKED,
    (Secret.DISCORDANCE, R.AUDITOR): Sight.LOCKED,
    (Secret.ARM, R.STATISTICIAN): Sight.UNSEALED,
    (Secret.ARM, R.CUSTODIAN): Sight.OWN,
}

# The presentations that a charter can choose, and those in which the order is known.
PRESENTATIONS = ("together-random", "together-ordered", "locked-visits", "single", "alone-then-together")
ORDER_KNOWN = frozenset({"together-ordered", "locked-visits"})


@dataclass(frozen=True)
class Lift:
    """The presentations and states in which a conditional sight applies, and the resulting sight."""

    given: Sight
    presentations: frozenset[str]
    states: frozenset[HidingState]


LIFTS: dict[Sight, Lift] = {
    Sight.WHILE_OPEN: Lift(Sight.OWN, frozenset(PRESENTATIONS), frozenset({HidingState.OPEN})),
    Sight.CHARTER: Lift(Sight.SEEN, ORDER_KNOWN, frozenset({HidingState.OPEN})),
    Sight.AT_LOCK: Lift(
        Sight.SEEN, frozenset(PRESENTATIONS), frozenset({HidingState.ASKED, HidingState.LOCKED, HidingState.UNSEALED})
    ),
    Sight.CLOSED: Lift(Sight.SEEN, frozenset(PRESENTATIONS), frozenset(HidingState) - {HidingState.OPEN}),
    Sight.LOCKED: Lift(Sight.SEEN, frozenset(PRESENTATIONS), frozenset({HidingState.LOCKED, HidingState.UNSEALED})),
    Sight.UNSEALED: Lift(Sight.SEEN, frozenset(PRESENTATIONS), frozenset({HidingState.UNSEALED})),
}


def sight(secret: Secret, role: Role) -> Sight:
    """How much of the secret the role sees."""
    if found := OTHERWISE.get((secret, role)):
        return found
    return Sight.SEEN if role in SEEN[secret] else Sight.HIDDEN


def seen_in(secret: Secret, role: Role, presentation: str, state: HidingState) -> Sight:
    """Hidden, own or seen, under this presentation and in this state of the campaign."""
    seen = sight(secret, role)
    lift = LIFTS.get(seen)
    if lift is None:
        return seen
    return lift.given if presentation in lift.presentations and state in lift.states else Sight.HIDDEN


@dataclass(frozen=True)
class DeclaredException:
    """Information that a role learns although the table hides it. There are no other exceptions."""

    key: str
    roles: frozenset[Role]
    when: str
    what: str
    why: str


EXCEPTIONS = (
    DeclaredException(
        "order",
        READERS,
        "together in chronological order; visit by visit",
        "the true order of the timepoints",
        "the charter chose a chronological presentation; in visit-by-visit reading, the number of later visits stays "
        "hidden",
    ),
    DeclaredException(
        "panes",
        READERS,
        "every presentation",
        "how many timepoints are shown together, and which of the four films of each exist",
        "these are the films to be read; a pane cannot be both shown and hidden",
    ),
    DeclaredException(
        "one case",
        READERS,
        "each alone, then together",
        "that the timepoints read alone, one after another, belong to one case",
        "the case is one entry in the worklist and ends with all its timepoints together; scores given alone are "
        "locked and enter no result; the number of timepoints stays hidden until the last step",
    ),
    DeclaredException(
        "company",
        READERS,
        "one timepoint at a time",
        "which timepoints belong to one case, if the case is issued or removed on its own: a single adjudication, "
        "a case issued again, a case voided, stopped or reassigned",
        "a case issued or removed on its own cannot be mixed with others, and incorrect films, or those of a subject "
        "who withdrew consent, must be removed. The "
        "charter's share of concordant cases is mixed with adjudications. Declining or returning a timepoint affects "
        "only that timepoint",
    ),
    DeclaredException(
        "pixels",
        READERS,
        "every presentation",
        "whatever the pixels themselves show: growth, surgery, a new detector, the same film again in a repeat",
        "pixels are shown exactly; before a campaign opens, the leak scan measures how far they reveal the order",
    ),
    DeclaredException(
        "affiliation",
        READERS,
        "when the coordinator records that they belong to a site",
        "that later cases are of other sites, and which unsigned cases were of their own, if these are reassigned",
        "nobody reads cases of their own site; which cases were removed cannot be hidden from the person who had them",
    ),
    DeclaredException(
        "training",
        frozenset({R.READER}),
        "training campaigns, after signing",
        "the reference scores of the case, joint by joint",
        "readers learn from them; reads of a training campaign enter no dataset",
    ),
    DeclaredException(
        "adjudication",
        frozenset({R.COORDINATOR}),
        "every presentation, every state",
        "that a case is or was in adjudication, and who adjudicates it",
        "the coordinator must follow the progress of the work; no score and no difference is shown",
    ),
    DeclaredException(
        "alarms",
        frozenset({R.COORDINATOR, R.AUDITOR}),
        "when a rule of the charter raises an alarm about a reader",
        "that the reader's differences from their partners drift, or that their share of discordant cases or of sites "
        "not assessable is above the charter's limit, from 10 cases on",
        "the coordinator trains or suspends the reader, and the audit trail records it; no value, no case and no "
        "direction is shown, nor the reason that another person gave for the action taken",
    ),
    DeclaredException(
        "returned reads",
        frozenset({R.COORDINATOR, R.AUDITOR}),
        "once queries are released",
        "which reads were returned for a query, and so that a check of that read found something",
        "a returned read is followed like any other, and the audit trail records it; no joint, value or direction is "
        "shown",
    ),
    DeclaredException(
        "queries",
        READERS,
        "when a read is returned for a query",
        "that a read with a query is not an adjudication",
        "queries are sent before readers are compared, and an adjudicator's read is never queried; whether it is a "
        "repeat stays hidden",
    ),
    DeclaredException(
        "figures",
        frozenset({R.LEAD}),
        "while the campaign is open",
        "agreement in change between named visits, computed over all cases with a result; and the order in which a "
        "reader entered values, which is the true order if the presentation is chronological",
        "agreement must be followed during the reading. No chart or table shows a single case, and no page says "
        "which visit a timepoint is",
    ),
    DeclaredException(
        "progress",
        frozenset({R.SPONSOR, R.AUDITOR}),
        "always",
        "how many primary reads were signed, by site and month; once 50 cases have a result, the share of cases of "
        "the whole campaign that were adjudicated, rounded to 5 % and updated only at the end of a month and after "
        "at least 10 more cases",
        "sponsor and auditor follow the progress of the work. Adjudications are not counted by site, and no page shows "
        "which cases they were; in a trial with one site, the share is that of the site",
    ),
    DeclaredException(
        "digests",
        frozenset({R.AUDITOR, R.SIGNER, R.STATISTICIAN}),
        "always",
        "digests of signed values, seeds, events and datasets, which change when their content changes",
        "nothing could be verified without them; each is salted or covers random tokens, so values cannot be guessed",
    ),
    DeclaredException(
        "accounts",
        frozenset({R.ADMINISTRATOR}),
        "always",
        "the code of the site to which a person with the site role belongs",
        "the code is part of the role that the administrator manages",
    ),
    DeclaredException(
        "numbers",
        frozenset({R.SITE, R.AUDITOR, R.ADMINISTRATOR}),
        "always",
        "running numbers of films, questions, events and jobs, and with them how much work there was and in which "
        "order",
        "the numbers identify records in the audit trail; they count work and do not show whose it is",
    ),
)
