"""Mails are sent by jobs. A job that is repeated sends the same mail again, with the same Message-ID.

The Message-ID does not contain the job's number: recipients could otherwise count the jobs between two mails.
"""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage

from jobs.lease import Lease


def send(mail: EmailMessage, lease: Lease) -> None:
    """Sends the mail if it has a recipient. If the worker is killed before the job is finished, it is sent twice;
    mail servers and programs show two mails with one Message-ID as one.
    """
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    named = hmac.new(settings.SECRET_KEY.encode(), f"mail of job {lease.name}".encode(), hashlib.sha256)
    mail.extra_headers["Message-ID"] = f"<{named.hexdigest()[:40]}@{host}>"
    if mail.recipients():
        mail.send()
