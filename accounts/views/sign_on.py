"""Single sign-on: to the provider and back, and linking one's own identity there.

The browser comes back from another site, so it does not send its session. The answer is therefore a page of this site
that continues by itself, and not a redirect. Linking ends on a second page, which demands the session that began it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.encoding import iri_to_uri
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_safe

from accounts.forms import CodeForm, PasswordForm
from accounts.models import User
from accounts.second_factor import has_second_factor
from accounts.sign_in import begin_session, half_in
from accounts.sign_on import flow as flows
from accounts.sign_on.id_tokens import Identity, identity_in
from accounts.sign_on.identities import (
    demand_active,
    link_proved,
    linked_to,
    person_linked,
    person_linking,
    proof_of,
    remove_own_link,
)
from accounts.sign_on.provider import id_token_for, signing_keys
from accounts.sign_on.refusals import record_refusal
from accounts.signatures import check_password_for_signature
from accounts.views.own import own
from accounts.views.sign_in import ask_code, next_page
from config.errors import Refusal
from config.form_refusals import refused_on
from config.refusals import status_of
from config.sent_forms import sent_from

View = Callable[[HttpRequest], HttpResponse]


def if_configured(view: View) -> View:
    """Without settings there is no single sign-on, and no such page."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not settings.SIGN_ON_ISSUER:
            raise Http404
        return view(request)

    return guarded


@login_not_required
@require_safe
@if_configured
def sign_on(request: HttpRequest) -> HttpResponse:
    """Sends the browser to the provider."""
    if request.user.is_authenticated:
        return redirect(next_page(request))
    wanted = next_page(request)
    # Browsers drop a quotation mark before the address in a Refresh header: only a path leads nowhere else.
    flow = flows.Flow(wanted if wanted.startswith("/") else settings.LOGIN_REDIRECT_URL)
    try:
        response: HttpResponse = redirect(flows.provider_address(flow))
    except Refusal as refusal:
        return refused(request, refusal)
    flows.remember(response, flow)
    return response


@login_not_required
@require_GET
@if_configured
def sign_on_callback(request: HttpRequest) -> HttpResponse:
    """The browser comes back, with or without an attempt of its own."""
    try:
        flow = flows.remembered(request)
    except Refusal as refusal:
        return refused(request, refusal)
    response = answer(request, flow)
    flows.forget(response)
    return response


def answer(request: HttpRequest, flow: flows.Flow) -> HttpResponse:
    """Signs the person in, or continues to the page that links their identity. Every refusal is recorded."""
    user: User | None = None
    try:
        user = person_linking(flow) if flow.user else None
        code = flows.code_returned(request, flow)
        identity = identity_in(id_token_for(code, flow.verifier), signing_keys(), flow)
        if user is not None:
            return go_on(request, f"{reverse('sign_on_done')}?{urlencode({'proof': proof_of(flow, identity)})}")
        user = person_linked(identity)
        demand_active(user)
        return enter(request, user, identity, flow.next_page)
    except Refusal as refusal:
        record_refusal(request, user, str(refusal))
        return refused(request, refusal)


def enter(request: HttpRequest, user: User, identity: Identity, wanted: str) -> HttpResponse:
    """Signs in, or asks for the code first, unless the settings accept the second factor used at the provider."""
    method = settings.SIGN_ON_NAME
    if has_second_factor(user) and not identity.second_factor:
        return ask_code(request, CodeForm(initial={"proof": half_in(user, method)}), wanted)
    begin_session(request, user, method=method, factor_used=identity.second_factor)
    return go_on(request, wanted)


def go_on(request: HttpRequest, address: str) -> HttpResponse:
    """A page that continues to the address by itself, with the cookies that a redirect from another site would lack."""
    response = render(request, "account/sign_on_continue.html", {"address": address})
    response["Refresh"] = f"0;url={iri_to_uri(address)}"
    return response


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Why the person was not signed in or linked."""
    return render(request, "account/sign_on_refused.html", {"text": str(refusal)}, status=status_of(refusal))


@if_configured
@sensitive_post_parameters()
def sign_on_link(request: HttpRequest) -> HttpResponse:
    """Shows the link to the identity at the provider; makes one, after the password."""
    user = own(request)
    linked = linked_to(user)
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and linked is None and form.is_valid():
        with refused_on(form):
            check_password_for_signature(user=user, password=form.cleaned_data["password"])
            flow = flows.flow_to_link(user, request.session.session_key)
            response = go_on(request, flows.provider_address(flow))
            flows.remember(response, flow)
            return response
    return render(request, "account/sign_on.html", {"form": form, "linked": linked}, status=400 if form.errors else 200)


@require_GET
@if_configured
def sign_on_done(request: HttpRequest) -> HttpResponse:
    """Links the identity that was proved, in the session that began to link it. Every refusal is recorded."""
    user = own(request)
    try:
        link_proved(user=user, session_key=request.session.session_key, proof=request.GET.get("proof", ""))
    except Refusal as refusal:
        record_refusal(request, user, str(refusal))
        return refused(request, refusal)
    return redirect("sign_on_link")


@sent_from("sign_on_link")
@if_configured
@sensitive_post_parameters()
def sign_on_remove(request: HttpRequest) -> HttpResponse:
    """Removes the person's own link, after the password."""
    user, form = own(request), PasswordForm(request.POST)
    if form.is_valid():
        check_password_for_signature(user=user, password=form.cleaned_data["password"])
        remove_own_link(user=user)
        messages.success(request, "The link has been removed. Sign in with your password from now on.")
    else:
        messages.error(request, "Enter your password to remove the link.")
    return redirect("profile" if form.is_valid() else "sign_on_link")
