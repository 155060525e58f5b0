"""Mails are sent by jobs. A job that is carried again sends the same mail again, under the same Message-ID.

The Message-ID does not tell the job's number: whoever gets mails could count the work between them.
"""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage

from jobs.lease import Lease


def send(mail: EmailMessage, lease: Lease) -> None:
    """Sends the mail if it is for somebody. A worker killed after this and before the job is finished sends it twice;
    mail servers and readers show two mails of one Message-ID as one.
    """
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    named = hmac.new(settings.SECRET_KEY.encode(), f"mail of job {lease.name}".encode(), hashlib.sha256)
    mail.extra_headers["Message-ID"] = f"<{named.hexdigest()[:40]}@{host}>"
    if mail.recipients():
        mail.send()
