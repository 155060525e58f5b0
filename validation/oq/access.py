"""Access: who can open which pages, how sessions begin and end, and which roles exclude one another."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterator
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from accounts import second_factor
from accounts.sign_in import SEEN
from audit.models import Event
from rehearsal.demo.people import ACCOUNTS, DOMAIN, PASSWORD, SYSTEM
from studies.models import Membership
from studies.plan.membership import grant
from validation.checks import check, demand
from validation.oq.world import OTHERS_PASSWORD, TRIAL, CheckedTrial, sign_in

# The people who can open a page; everybody else is refused.
PAGES: dict[str, tuple[str, ...]] = {
    "studies:set_up": ("coordinator",),
    "studies:members": ("coordinator",),
    "studies:films": ("coordinator",),
    "studies:desk": ("coordinator",),
    "reading:campaigns": ("coordinator",),
    "reading:charters": ("coordinator", "auditor"),
    "reading:progress": ("coordinator", "lead"),
    "studies:completeness": ("coordinator", "statistician", "sponsor"),
    "studies:deviations": ("coordinator", "lead", "statistician", "sponsor", "auditor"),
    "studies:site": ("site",),
    "studies:masks": ("checker",),
    "scoring:results": ("lead", "statistician"),
    "scoring:locks": ("signer",),
    "audit:trail": ("auditor",),
    "reading:worklist": ("reader.one", "reader.two", "adjudicator"),
    "accounts": ("admin",),
    "health": ("admin",),
}
WITHOUT_TRIAL = ("reading:worklist", "accounts", "health")
# Pages that anybody may open: entrances, the health of the server, and the description of the API; signing
# out; the links sent by mail, which need only their token; and the response of the API to a wrong address.
OPEN = {"sign_in", "sign_in_code", "sign_in_over", "password_forgotten", "healthz", "api:schema", "api:schema_yaml"}
OPEN |= {"sign_out", "password_new", "invitation", "sign_on", "sign_on_callback", "api:nothing_here"}
NEVER_THERE = {"code": TRIAL, "pk": 999_999, "number": 1, "version": 1, "begin": 0, "seq": 1, "scope": "trial"}


@check(
    "R-27",
    "R-40",
    name="every role and every page",
    does=f"Opens {len(PAGES)} pages as each of {len(ACCOUNTS)} people.",
    expects="Each page opens for its roles, and for nobody else",
)
def roles_and_pages(world: CheckedTrial) -> str:
    names = [account.email.removesuffix(DOMAIN) for account in ACCOUNTS]
    faults = []
    for page, allowed in PAGES.items():
        address = reverse(page, args=[] if page in WITHOUT_TRIAL else [TRIAL])
        for name in names:
            status = world.get(name, address).status_code
            if status not in ((200,) if name in allowed else (403, 404)):
                faults.append(f"{page} answered {name} with {status}")
    return demand(faults, f"{len(PAGES) * len(names)} answers as expected")


@check(
    "R-27",
    "R-54",
    name="nothing without signing in",
    does="Opens every address of the product without signing in.",
    expects=f"Each leads to signing in (302) or is refused (401), except {len(OPEN)}: {', '.join(sorted(OPEN))}",
)
def nothing_without_signing_in(world: CheckedTrial) -> str:
    faults, tried = [], 0
    for name, pattern in routes(get_resolver().url_patterns, ""):
        address = address_of(name, pattern)
        if address is None or name in OPEN:
            continue
        tried += 1
        answer = world.client("").get(address)
        if answer.status_code == 405:  # the address accepts only forms
            answer = world.client("").post(address)
        faults += [] if is_signed_out(answer) else [f"{name} answered with {answer.status_code}"]
    return demand(faults, f"{tried} addresses refused")


def is_signed_out(answer: Any) -> bool:
    """Whether a response redirects to the sign-in page, or states that signing in is required."""
    if answer.status_code == 302:
        return bool(answer["Location"].partition("?")[0] == settings.LOGIN_URL)
    return bool(answer.status_code == 401)


def routes(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[tuple[str, URLPattern]]:
    """Every route by name."""
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from routes(one.url_patterns, prefix + (f"{one.namespace}:" if one.namespace else ""))
        elif one.name:
            yield prefix + one.name, one


def address_of(name: str, pattern: URLPattern) -> str | None:
    """An address of the route; None if it has none."""
    needed = getattr(pattern.pattern, "converters", {})
    try:
        return reverse(name, kwargs={key: NEVER_THERE.get(key, "none") for key in needed})
    except NoReverseMatch:
        return None


@check(
    "R-28",
    "R-09",
    name="roles that exclude one another",
    does="Grants a reader the role of coordinator, and ends the role of a quality checker who is signed in.",
    expects="The grant and the checker's next request are refused, and the end of the role is recorded",
)
def roles_apart(world: CheckedTrial) -> str:
    fields = {"person": f"reader.one{DOMAIN}", "role": "coordinator", "reason": "validation"}
    status = world.post("coordinator", reverse("studies:members", args=[TRIAL]), **fields).status_code
    held = Membership.objects.filter(user=world.user("reader.one"), role="coordinator").count()
    faults = [f"the grant was answered with {status}"] if status == 302 or held else []
    page = reverse("studies:masks", args=[TRIAL])
    before = world.get("checker", page).status_code
    membership = Membership.objects.current().get(user=world.user("checker"), trial__code=TRIAL)
    world.post("coordinator", reverse("studies:end_membership", args=[TRIAL, membership.pk]), reason="validation")
    after = world.get("checker", page).status_code
    faults += (
        [] if (before, after) in ((200, 403), (200, 404)) else [f"the checker was answered with {before}, then {after}"]
    )
    last = Event.objects.filter(action="studies.membership.revoked").exists()
    return demand(faults + ([] if last else ["the end is not recorded"]), f"refused with {status}; then {after}")


@check(
    "R-30",
    name="requests from elsewhere",
    does="Sends a form of a signed-in person without its token.",
    expects="It is refused and changes nothing",
)
def requests_from_elsewhere(world: CheckedTrial) -> str:
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    browser.cookies = world.client("coordinator").cookies
    before = Membership.objects.count()
    fields = {"person": f"sponsor{DOMAIN}", "role": "lead", "reason": "from elsewhere"}
    status = browser.post(reverse("studies:members", args=[TRIAL]), fields).status_code
    faults = [] if status == 403 and Membership.objects.count() == before else [f"answered with {status}"]
    return demand(faults, "403")


@check(
    "R-31",
    name="lock-out and idle end",
    does="Enters wrong passwords at sign-in up to the limit, then the right one; leaves another session idle.",
    expects="The right password is refused too, each wrong one is recorded, and the idle session has to sign in again",
)
def lock_out_and_idle_end(world: CheckedTrial) -> str:
    failed = Event.objects.filter(action__startswith="accounts.sign-in.")
    before, browser = failed.count(), Client(REMOTE_ADDR="192.0.2.7", raise_request_exception=False)
    for _ in range(settings.AXES_FAILURE_LIMIT):
        browser.post("/sign-in/", {"email": f"other{DOMAIN}", "password": "wrong"})
    last = browser.post("/sign-in/", {"email": f"other{DOMAIN}", "password": OTHERS_PASSWORD})
    faults = ["the right password opened a locked account"] if last.status_code == 302 else []
    recorded = failed.count() - before
    faults += [] if recorded >= settings.AXES_FAILURE_LIMIT else [f"only {recorded} attempts recorded"]
    idle = Client(raise_request_exception=False)
    sign_in(idle, f"sponsor{DOMAIN}")
    session = idle.session
    session[SEEN] = int(time.time()) - settings.IDLE_MINUTES * 60 - 60
    session.save()
    status = idle.get(reverse("studies:completeness", args=[TRIAL])).status_code
    faults += [] if status == 302 else [f"the idle session was answered with {status}"]
    return demand(faults, f"{recorded} attempts recorded; idle session signed out")


@check(
    "R-25",
    name="a lost second factor",
    does="Adds a second factor to an account, signs in with the password alone, and has an administrator reset it.",
    expects="The password alone does not open the account, and a session that was open ends with the reset",
)
def lost_second_factor(world: CheckedTrial) -> str:
    user, secret = world.user("sponsor"), second_factor.new_secret()
    second_factor.add_second_factor(user=user, secret=secret, code=code_of(secret, 0))
    half = Client(raise_request_exception=False)
    page = half.post("/sign-in/", {"email": user.email, "password": PASSWORD})
    faults = ["the password alone opened the account"] if page.status_code == 302 else []
    session = world.client("sponsor")
    where = reverse("studies:completeness", args=[TRIAL])
    before = session.get(where).status_code
    world.post("admin", reverse("account_step", args=[user.pk, "reset-second-factor"]), reason="lost telephone")
    after = session.get(where).status_code
    faults += [] if (before, after) == (200, 302) else [f"the session was answered with {before}, then {after}"]
    world.clients.pop("sponsor")
    return demand(faults, "a code was required; the session ended with the reset")


def code_of(secret: str, step: int) -> str:
    """The code that an authenticator app shows."""
    return str(format_hotp_value(hotp_value(secret, second_factor.now() + step)))


@check(
    "R-26",
    name="weak passwords",
    does="Changes a password to a short one, a common one and one like the address, then to a good one and back.",
    expects="The weak ones are refused, the good one is accepted",
)
def weak_passwords(world: CheckedTrial) -> str:
    weak = ("short", "password1234", "lead@demo.example")
    faults = [f"“{given}” was accepted" for given in weak if changes_password(world, PASSWORD, given)]
    good = secrets.token_hex(12)
    faults += [] if changes_password(world, PASSWORD, good) else ["a good password was refused"]
    changes_password(world, good, PASSWORD)
    return demand(faults, f"{len(weak)} refused, 1 accepted")


def changes_password(world: CheckedTrial, old: str, new: str) -> bool:
    """Whether the imaging lead can change their password to this one."""
    world.post("lead", reverse("password_change"), old=old, password=new, again=new)
    return bool(world.user("lead").check_password(new))


@check(
    "R-53",
    name="no reading without training",
    does="Gives a new person the role of a reader, without a qualification, and issues them a batch.",
    expects="They are not offered, and the batch is refused",
)
def no_reading_without_training(world: CheckedTrial) -> str:
    user, trial = world.user("other"), world.play.trial
    grant(trial=trial, user=user, role="reader", reason="validation", actor=SYSTEM)
    where = reverse("reading:assign", args=[TRIAL, "C1"])
    fields: dict[str, Any] = {"name": "validation", "size": 1, "readers": [user.pk], "release": "1"}
    answer = world.post("coordinator", where, **fields)
    page = world.get("coordinator", where).content.decode()
    faults = [] if answer.status_code in (400, 409) else [f"the batch was answered with {answer.status_code}"]
    faults += [f"{user} is offered"] if re.search(rf'name="readers"[^>]*value="{user.pk}"', page) else []
    faults += [] if f"{user} has no recorded qualification." in page else [f"{user} is not named as unqualified"]
    faults += [] if str(world.user("reader.one")) in page else ["no qualified reader is offered"]
    return demand(faults, f"not offered; refused with {answer.status_code}")


READING = (
    roles_and_pages,
    nothing_without_signing_in,
    no_reading_without_training,
    weak_passwords,
    requests_from_elsewhere,
)
LOCKED = (lock_out_and_idle_end, lost_second_factor, roles_apart)
