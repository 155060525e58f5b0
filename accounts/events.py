"""What the audit trail may hear about accounts: who came and went, what was granted, what was signed."""

from __future__ import annotations

from accounts.roles import Role
from audit.protection import protect
from audit.registry import declare

# Who looks after accounts, and who looks after them.
KEEPERS = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})
# A signature says who took responsibility for what; readers see their own on the record itself.
SIGNED_FOR = frozenset({Role.AUDITOR, Role.COORDINATOR, Role.STATISTICIAN, Role.LEAD, Role.SIGNER})

declare("accounts.user.invite", says="invited a person", seen_by=KEEPERS)
declare("accounts.user.accept", says="accepted the invitation", seen_by=KEEPERS)
declare("accounts.user.rename", says="changed the name of an account", seen_by=KEEPERS)
declare("accounts.user.disable", says="disabled an account", seen_by=KEEPERS)
declare("accounts.user.enable", says="enabled an account again", seen_by=KEEPERS)
declare("accounts.user.administrator", says="made or unmade an administrator", seen_by=KEEPERS)
declare("accounts.password.send_link", says="sent a link for a new password", seen_by=KEEPERS)
declare("accounts.password.reset", says="set a new password by a mailed link", seen_by=KEEPERS)
declare("accounts.password.change", says="changed the own password", seen_by=KEEPERS)
declare("accounts.second_factor.add", says="added a second factor", seen_by=KEEPERS)
declare("accounts.second_factor.remove", says="removed the own second factor", seen_by=KEEPERS)
declare("accounts.second_factor.reset", says="reset the second factor of an account", seen_by=KEEPERS)
declare("accounts.second_factor.renew_codes", says="drew new recovery codes", seen_by=KEEPERS)
declare("accounts.second_factor.spend_code", says="signed in with a recovery code", seen_by=KEEPERS)
declare("accounts.session.begin", says="signed in", seen_by=KEEPERS)
declare("accounts.session.end", says="signed out", seen_by=KEEPERS)
declare("accounts.session.refuse", says="failed to sign in", seen_by=KEEPERS)
declare("accounts.session.lock", says="was locked out after repeated failures", seen_by=KEEPERS)
declare("accounts.sessions.end", says="ended every session of an account", seen_by=KEEPERS)
declare("accounts.signature.write", says="signed a record", seen_by=SIGNED_FOR)
declare("accounts.signature.refuse", says="gave a wrong password when asked for it again", seen_by=KEEPERS)

protect("accounts_signature")
