"""Addresses of the product come from its routes: none is written by hand in a template or a script."""

from __future__ import annotations

import subprocess

import pytest
from django.test import Client
from django.test.utils import override_script_prefix

from accounts.sign_in import BACKEND
from tests.cast import make_user
from tests.servers import ROOT

# The error pages are shown also when routes cannot be resolved; the unpacker's generator holds a comment of JavaScript.
PATTERNS = {
    "templates": r"""(href|src|action|hx-get|hx-post)=["']/|data-[a-z-]+=["']/[a-z]""",
    "static/js": r"""["'`]/[a-z{$][^"'`\n]*/["'`]""",
}
EXCEPT = (":!templates/[45]0?.html", ":!static/js/viewer/make_unpack.py")


@pytest.mark.parametrize("place", PATTERNS)
def test_no_address_is_written_by_hand(place: str) -> None:
    command = ["git", "grep", "-nIP", PATTERNS[place], "--", place, *EXCEPT]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode in (0, 1), found.stderr
    assert found.stdout.splitlines() == []


@pytest.mark.django_db
def test_a_page_names_the_start_page_and_the_sign_in_over_it_where_they_are() -> None:
    client = Client()
    client.force_login(make_user("one@example.org", "One"), backend=BACKEND)
    with override_script_prefix("/reading/"):
        page = client.get("/help/").content.decode()
    assert 'class="brand" href="/reading/"' in page
    assert 'data-sign-in="/reading/sign-in/over/"' in page
