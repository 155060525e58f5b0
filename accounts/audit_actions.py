"""The audit actions about accounts: who was invited or disabled, what was granted, what was signed."""

from __future__ import annotations

from accounts.roles import Role
from audit.declared_actions import declare

# People who manage accounts, and people who audit their work.
KEEPERS = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})
# A signature shows who took responsibility for what; readers see their own on the record itself.
SIGNED_FOR = frozenset({Role.AUDITOR, Role.COORDINATOR, Role.STATISTICIAN, Role.LEAD, Role.SIGNER})


def account(name: str, label: str, sentence: str) -> None:
    """Declares an action on accounts."""
    declare(name, label=label, sentence=sentence, seen_by=KEEPERS)


account(
    "accounts.user.invited",
    "Person invited",
    "invited account {email|id}[ as administrator{administrator?}][ again{again?}]",
)
account("accounts.invitation.accepted", "Invitation accepted", "accepted the invitation[ as {new.name}]")
account(
    "accounts.user.renamed", "Account renamed", "changed the name of account {id}[ from {old.name}][ to {new.name}]"
)
account("accounts.user.disabled", "Account disabled", "disabled account {account|id}")
account("accounts.user.enabled", "Account enabled", "enabled account {account|id} again")
account(
    "accounts.administrator-role.granted", "Administrator role granted", "made account {account|id} an administrator"
)
account(
    "accounts.administrator-role.revoked",
    "Administrator role revoked",
    "revoked the administrator role of account {account|id}",
)
account("accounts.password-link.sent", "Password link sent", "sent a link for a new password to account {account|id}")
account("accounts.password.reset", "Password reset", "set a new password with a link sent by e-mail")
account("accounts.password.changed", "Password changed", "changed their password")
account("accounts.second-factor.added", "Second factor added", "added a second factor")
account("accounts.second-factor.removed", "Second factor removed", "removed their second factor")
account("accounts.second-factor.reset", "Second factor reset", "reset the second factor of account {account|id}")
account("accounts.recovery-codes.renewed", "Recovery codes renewed", "renewed their recovery codes")
account("accounts.recovery-code.used", "Recovery code used", "signed in with a recovery code[, {left:code} left]")
account("accounts.session.started", "Signed in", "signed in[ from {from}][ with {method}]")
account("accounts.session.ended", "Signed out", "signed out")
account("accounts.sign-in.failed", "Sign-in failed", "failed to sign in[ from {from}][ (wrong {wrong})]")
account(
    "accounts.sign-in.locked",
    "Sign-in locked",
    "was locked out after repeated failures[, the last one from {from}]",
)
account("accounts.sign-on.linked", "Sign-on linked", "linked their identity[ at {provider}] to account {account|id}")
account(
    "accounts.sign-on.removed",
    "Sign-on removed",
    "removed the sign-on link of account {account|id}[ to {provider}]",
)
account("accounts.sign-on.refused", "Sign-on refused", "was refused a sign-on[ from {from}][: {why}]")
account("accounts.sessions.ended", "All sessions ended", "ended every session of account {account|id}")
account(
    "accounts.signature.refused",
    "Signature refused",
    "entered a wrong password when signing[ ({in_a_row} in a row)]",
)

declare(
    "accounts.signature.applied",
    label="Signature applied",
    sentence="applied signature {id}[ to {kind.record_kind} {record_id}][: “{meaning}”]",
    seen_by=SIGNED_FOR,
)
