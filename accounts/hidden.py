"""What is hidden from whom: one frozen table, and every exception to it. docs/blinding.md is held against it.

What a role may see beyond a secret's row here is a declared exception or a leak: tests/blinding compares worlds that
differ in nothing but the hidden.
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
    """What can be hidden, in the words of the table."""

    PATIENT = "patient and subject code"
    SITE = "site"
    DATES = "dates of visits and films"
    VISITS = "number, kind and completeness of visits"
    ORDER = "true order of what was shown"
    FILES = "file names, headers, order of upload"
    ARM = "arm"
    SCORES = "scores and sums"
    DISCORDANCE = "discordance"
    OTHER_READS = "reads of others, and who else reads"
    OTHER_SITES = "everything of other sites"
    OTHER_TRIALS = "everything of other trials"


class State(StrEnum):
    """Where a campaign stands, as far as what is hidden is concerned."""

    OPEN = "open"
    CLOSED = "closed"
    ASKED = "lock asked for"
    LOCKED = "locked"
    UNSEALED = "arms opened"


class Sight(StrEnum):
    """How much of a secret a role sees."""

    HIDDEN = "hidden"
    OWN = "own"
    SEEN = "seen"
    WHILE_OPEN = "own, while the campaign is open"
    CHARTER = "if the charter says so"
    UNSEALED = "hidden until the unsealing"
    AT_LOCK = "a summary once a lock is asked for"


SEEN: dict[Secret, frozenset[Role]] = {
    Secret.PATIENT: KNOW_PATIENTS,
    Secret.SITE: KNOW_PATIENTS | {R.SITE},
    Secret.DATES: KNOW_PATIENTS - {R.CUSTODIAN},
    Secret.VISITS: KNOW_PATIENTS - {R.CUSTODIAN},
    Secret.ORDER: KNOW_SCORES | {R.COORDINATOR},
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
    (Secret.ARM, R.STATISTICIAN): Sight.UNSEALED,
    (Secret.ARM, R.CUSTODIAN): Sight.OWN,
}

# The charter's presentations, in the words of its terms, and those in which the order is known.
PRESENTATIONS = ("together-random", "together-ordered", "locked-visits", "single", "alone-then-together")
ORDER_KNOWN = frozenset({"together-ordered", "locked-visits"})


@dataclass(frozen=True)
class Lift:
    """In which presentations and states a sight that depends on them is given, and what it is then."""

    given: Sight
    presentations: frozenset[str]
    states: frozenset[State]


LIFTS: dict[Sight, Lift] = {
    Sight.WHILE_OPEN: Lift(Sight.OWN, frozenset(PRESENTATIONS), frozenset({State.OPEN})),
    Sight.CHARTER: Lift(Sight.SEEN, ORDER_KNOWN, frozenset({State.OPEN})),
    Sight.AT_LOCK: Lift(Sight.SEEN, frozenset(PRESENTATIONS), frozenset({State.ASKED, State.LOCKED, State.UNSEALED})),
    Sight.UNSEALED: Lift(Sight.SEEN, frozenset(PRESENTATIONS), frozenset({State.UNSEALED})),
}


def sight(secret: Secret, role: Role) -> Sight:
    """How much of the secret the role sees."""
    if found := OTHERWISE.get((secret, role)):
        return found
    return Sight.SEEN if role in SEEN[secret] else Sight.HIDDEN


def seen_in(secret: Secret, role: Role, presentation: str, state: State) -> Sight:
    """Hidden, own or seen, under this presentation and in this state of the campaign."""
    seen = sight(secret, role)
    lift = LIFTS.get(seen)
    if lift is None:
        return seen
    return lift.given if presentation in lift.presentations and state in lift.states else Sight.HIDDEN


@dataclass(frozen=True)
class DeclaredException:
    """Something a role learns all the same; nothing that is not declared here is excepted."""

    key: str
    roles: frozenset[Role]
    when: str
    what: str
    why: str


EXCEPTIONS = (
    DeclaredException(
        "order",
        READERS,
        "together in known order; visit by visit",
        "the true order of what is shown",
        "the charter chose a chronological presentation; the number of visits to come stays hidden visit by visit",
    ),
    DeclaredException(
        "panes",
        READERS,
        "every presentation",
        "how many timepoints are shown together, and which of their four films exist",
        "they are what is read: a pane cannot be shown and hidden",
    ),
    DeclaredException(
        "one case",
        READERS,
        "each alone, then together",
        "that the timepoints read alone one after the other are of one case",
        "the case is one entry of the worklist, which ends with all of it together; what was read alone is locked and "
        "enters no result; how many there are is not told before the end",
    ),
    DeclaredException(
        "company",
        READERS,
        "one timepoint at a time",
        "which timepoints are of one case, when it comes to him with no other or leaves him whole: a lone "
        "adjudication, a case issued again, a case voided or given to somebody else",
        "what comes or goes by itself cannot be mixed; films found wrong cannot stay. The charter's share of "
        "concordant cases is company for adjudications. Declining or returning a timepoint concerns that one alone",
    ),
    DeclaredException(
        "pixels",
        READERS,
        "every presentation",
        "whatever the pixels themselves tell: growth, an operation, a new detector, the same film again in a repeat",
        "pixels are shown exactly; the leak scanner measures what they give away before a campaign opens",
    ),
    DeclaredException(
        "training",
        frozenset({R.READER}),
        "campaigns for training, after signing",
        "the reference scores of the case, joint by joint",
        "they are there to be learned from; reads of such a campaign enter no dataset",
    ),
    DeclaredException(
        "adjudication",
        frozenset({R.COORDINATOR}),
        "every presentation, every state",
        "that a case is or was in adjudication, and who adjudicates it",
        "somebody has to see that the work goes on; no score and no difference is shown",
    ),
    DeclaredException(
        "digests",
        frozenset({R.AUDITOR, R.SIGNER, R.STATISTICIAN}),
        "always",
        "digests of signed values, seeds, events and datasets, which differ when what they are made of differs",
        "without them nothing could be verified; each is salted or made over random tokens, so nobody can try values",
    ),
    DeclaredException(
        "accounts",
        frozenset({R.ADMINISTRATOR}),
        "always",
        "the code of the site for which a person holds the role of a site",
        "it is part of the role, and whoever keeps the accounts answers for it",
    ),
    DeclaredException(
        "numbers",
        frozenset({R.SITE, R.AUDITOR, R.ADMINISTRATOR}),
        "always",
        "running numbers of films, questions, events and jobs: how much work there was, in which order it came",
        "they are the names of records in the audit trail; they count work and say nothing of whose it is",
    ),
)
