"""Who may do what: one frozen table. Every view and every domain function calls `authorise`.

Roles are granted per trial (studies.Membership), administrator for the installation. The set is closed.
"""

from __future__ import annotations

from enum import StrEnum

from audit.trail import Actor
from config.errors import NotAllowed


class Role(StrEnum):
    """The roles of people in a trial; SYSTEM is for jobs and commands."""

    SITE = "site"
    COORDINATOR = "coordinator"
    CHECKER = "checker"
    READER = "reader"
    ADJUDICATOR = "adjudicator"
    LEAD = "lead"
    STATISTICIAN = "statistician"
    SIGNER = "signer"
    CUSTODIAN = "custodian"
    SPONSOR = "sponsor"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"


ROLE_NAMES: dict[Role, str] = {
    Role.SITE: "Site",
    Role.COORDINATOR: "Coordinator",
    Role.CHECKER: "Quality checker",
    Role.READER: "Reader",
    Role.ADJUDICATOR: "Adjudicator",
    Role.LEAD: "Imaging lead",
    Role.STATISTICIAN: "Statistician",
    Role.SIGNER: "Second signer",
    Role.CUSTODIAN: "Custodian",
    Role.SPONSOR: "Sponsor viewer",
    Role.AUDITOR: "Auditor",
    Role.ADMINISTRATOR: "Administrator",
    Role.SYSTEM: "System",
}


class Action(StrEnum):
    """Every action, as a verb and its object: a refusal reads "Your role does not allow you to ..."."""

    UPLOAD_FILMS = "upload films"
    ANSWER_QUESTIONS = "answer questions"
    SEE_SITE_FILMS = "see the films of a site"
    SET_UP_TRIAL = "set up the trial"
    GRANT_MEMBERSHIP = "grant or revoke a role"
    CONFIRM_MEMBERSHIP = "confirm a role"
    MANAGE_TOKENS = "make or revoke access tokens"
    USE_TOKENS = "use access tokens"
    SEE_CHARTER = "see the charter"
    SEE_QUALIFICATIONS = "see qualifications and training records"
    SEE_READER_DOCUMENTS = "see which documents readers have signed"
    WRITE_CHARTER = "write a charter"
    SIGN_CHARTER = "sign a charter"
    APPROVE_CHARTER = "approve a charter"
    RECORD_CONSENT = "record withdrawals of consent"
    CHECK_FILMS = "check films at the desk"
    CONFIRM_MASKS = "confirm masks"
    PLACE_JOINTS = "place joints"
    ASK_QUESTIONS = "ask questions"
    RUN_CAMPAIGN = "open, close or follow campaigns"
    ASSIGN_READS = "assign reads"
    SUSPEND_READERS = "suspend readers"
    RETURN_READS = "return, void or re-issue reads"
    SEE_PROGRESS = "see progress"
    READ_CASES = "read cases"
    ADJUDICATE = "adjudicate"
    SEE_AGREEMENT = "see agreement"
    SEE_READER_SCORES = "see scores per reader"
    MARK_QUERIES = "mark cells for queries to readers"
    HANDLE_ALARMS = "see alarms about readers and record the action taken"
    IMPORT_EVENTS = "import intercurrent events"
    BUILD_DATASET = "build a dataset"
    REQUEST_LOCK = "request a lock"
    CONFIRM_LOCK = "confirm a lock"
    DOWNLOAD_DATASET = "download a dataset"
    MAKE_TRANSFER = "make a transfer"
    RECEIVE_TRANSFER = "receive a transfer"
    DECIDE_REVIEW = "decide in the blinded data review"
    REQUEST_UNLOCK = "request an unlock"
    REVEAL_SEEDS = "reveal the seeds of a locked campaign"
    CHOOSE_ARMS = "choose whether the trial holds arms"
    HOLD_ARMS = "hold a key to the arms"
    REQUEST_ARMS = "request the arms"
    OPEN_ARMS = "give a share that opens the arms"
    RECEIVE_ARMS = "receive the opened arms"
    SEE_BY_ARM = "see results by arm"
    SEE_COMPLETENESS = "see completeness and deviations"
    FOLLOW_TRIAL = "follow a trial by site and month"
    SEE_DEVIATIONS = "see the deviation log"
    WRITE_DEVIATIONS = "write the deviation log"
    RECONCILE_EDC = "compare the sponsor's list of visits"
    SEE_ADJUDICATION_RATE = "see the adjudication rate of a campaign"
    SEE_AUDIT = "see the audit trail"
    SEE_VALIDATION = "see the validation documents"
    SEE_SCORE_HISTORY = "see the history of scores"
    REVIEW_SCORES = "sign the history of scores as reviewed"
    MANAGE_ACCOUNTS = "manage accounts"
    SEE_HEALTH = "see the health of the system"
    RETRY_JOBS = "retry jobs"


ALLOWED: dict[Role, frozenset[Action]] = {
    Role.SITE: frozenset({Action.UPLOAD_FILMS, Action.ANSWER_QUESTIONS, Action.SEE_SITE_FILMS}),
    Role.COORDINATOR: frozenset(
        {
            Action.SET_UP_TRIAL,
            Action.GRANT_MEMBERSHIP,
            Action.CONFIRM_MEMBERSHIP,
            Action.MANAGE_TOKENS,
            Action.USE_TOKENS,
            Action.CHOOSE_ARMS,
            Action.SEE_CHARTER,
            Action.SEE_QUALIFICATIONS,
            Action.SEE_READER_DOCUMENTS,
            Action.WRITE_CHARTER,
            Action.SIGN_CHARTER,
            Action.RECORD_CONSENT,
            Action.CHECK_FILMS,
            Action.PLACE_JOINTS,
            Action.ASK_QUESTIONS,
            Action.RUN_CAMPAIGN,
            Action.ASSIGN_READS,
            Action.SUSPEND_READERS,
            Action.RETURN_READS,
            Action.SEE_PROGRESS,
            Action.HANDLE_ALARMS,
            Action.SEE_COMPLETENESS,
            Action.FOLLOW_TRIAL,
            Action.SEE_DEVIATIONS,
            Action.WRITE_DEVIATIONS,
            Action.RECONCILE_EDC,
        }
    ),
    Role.CHECKER: frozenset({Action.CONFIRM_MASKS}),
    Role.READER: frozenset({Action.READ_CASES}),
    Role.ADJUDICATOR: frozenset({Action.READ_CASES, Action.ADJUDICATE}),
    Role.LEAD: frozenset(
        {
            Action.USE_TOKENS,
            Action.SEE_CHARTER,
            Action.APPROVE_CHARTER,
            Action.SEE_AGREEMENT,
            Action.SEE_READER_SCORES,
            Action.SEE_PROGRESS,
            Action.MARK_QUERIES,
            Action.HANDLE_ALARMS,
            Action.SEE_DEVIATIONS,
            Action.SEE_SCORE_HISTORY,
        }
    ),
    Role.STATISTICIAN: frozenset(
        {
            Action.USE_TOKENS,
            Action.SEE_AGREEMENT,
            Action.IMPORT_EVENTS,
            Action.BUILD_DATASET,
            Action.REQUEST_LOCK,
            Action.DOWNLOAD_DATASET,
            Action.MAKE_TRANSFER,
            Action.RECEIVE_TRANSFER,
            Action.DECIDE_REVIEW,
            Action.REQUEST_UNLOCK,
            Action.REVEAL_SEEDS,
            Action.REQUEST_ARMS,
            Action.RECEIVE_ARMS,
            Action.SEE_BY_ARM,
            Action.SEE_COMPLETENESS,
            Action.FOLLOW_TRIAL,
            Action.SEE_DEVIATIONS,
            Action.SEE_ADJUDICATION_RATE,
        }
    ),
    Role.SIGNER: frozenset({Action.CONFIRM_LOCK}),
    Role.CUSTODIAN: frozenset({Action.HOLD_ARMS, Action.OPEN_ARMS}),
    Role.SPONSOR: frozenset(
        {
            Action.USE_TOKENS,
            Action.SEE_COMPLETENESS,
            Action.FOLLOW_TRIAL,
            Action.SEE_DEVIATIONS,
            Action.SEE_ADJUDICATION_RATE,
        }
    ),
    Role.AUDITOR: frozenset(
        {
            Action.USE_TOKENS,
            Action.FOLLOW_TRIAL,
            Action.SEE_DEVIATIONS,
            Action.SEE_ADJUDICATION_RATE,
            Action.SEE_CHARTER,
            Action.SEE_QUALIFICATIONS,
            Action.SEE_READER_DOCUMENTS,
            Action.SEE_AUDIT,
            Action.SEE_VALIDATION,
            Action.SEE_SCORE_HISTORY,
            Action.REVIEW_SCORES,
        }
    ),
    Role.ADMINISTRATOR: frozenset(
        {Action.MANAGE_ACCOUNTS, Action.CONFIRM_MEMBERSHIP, Action.SEE_HEALTH, Action.RETRY_JOBS}
    ),
    Role.SYSTEM: frozenset(Action)
    - {
        Action.OPEN_ARMS,
        Action.RECEIVE_ARMS,
        Action.SEE_BY_ARM,
        Action.CONFIRM_LOCK,
        Action.RECEIVE_TRANSFER,
        Action.DECIDE_REVIEW,
        Action.MANAGE_ACCOUNTS,
        Action.CONFIRM_MEMBERSHIP,
        Action.MANAGE_TOKENS,
        Action.USE_TOKENS,
    },
}

# Which roles exclude one another in a trial: accounts.roles_apart.
READING_ROLES = frozenset({Role.READER, Role.ADJUDICATOR})


def allows(role: str, action: Action) -> bool:
    """Whether the role permits the action; an unknown role or action raises."""
    return Action(action) in ALLOWED[Role(role)]


def authorise(actor: Actor, action: Action) -> None:
    """Raises NotAllowed unless the actor's role permits the action."""
    if not allows(actor.role, action):
        raise NotAllowed(str(action))
