"""A form of a signed act that is sent several times at once is one act, and every answer is that of the first."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from accounts.models import Signature
from accounts.signed_acts import ACTS, Act
from audit.models import Event
from tests.scoring.acts_line import ActsLine, Post

Answer = tuple[int, str, bytes]
AT_ONCE = 3


def sent_at_once(post: Post) -> list[Answer]:
    """The answers to the same form, each sent on a connection of its own as soon as all are ready."""
    start, answers = threading.Barrier(AT_ONCE), list[Answer]()

    def send(own: Client) -> None:
        copy = Post(post.acts, post.user, post.page, post.address, post.fields, post.password, own)
        start.wait()
        try:
            answers.append(copy.send(password=post.password))
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=[Client()]) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def signed() -> tuple[int, int]:
    """Signatures, and events that tell of one."""
    return Signature.objects.count(), Event.objects.filter(action="accounts.signature.applied").count()


@pytest.mark.full
@pytest.mark.django_db(transaction=True)
def test_every_signed_act_sent_several_times_at_once_is_done_once_and_answered_alike(tmp_path: Path) -> None:
    wrong, done = list[object](), list[Act]()
    for post in ActsLine(tmp_path).posts():
        signatures, events = signed()
        answers = sent_at_once(post)
        alike = len(answers) == AT_ONCE and len(set(answers)) == 1 and answers[0][0] in (200, 302, 303)
        if not alike or signed() != (signatures + len(post.acts), events + len(post.acts)):
            wrong.append((post.acts, answers))
        done += post.acts
    assert wrong == []
    assert set(done) == {act for act in Act if ACTS[act].signed}, "the line has every signed act of the table"
