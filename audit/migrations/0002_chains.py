"""Chains of parts of a trial, and the code of authenticity of each event."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("audit", "0001_chain")]

    operations: ClassVar = [
        migrations.AddField("event", "home", models.CharField(max_length=100, default=""), preserve_default=False),
        migrations.AddField("event", "mac", models.CharField(max_length=64, default=""), preserve_default=False),
        migrations.AddField("event", "mac_key", models.PositiveIntegerField(default=0), preserve_default=False),
        migrations.RemoveIndex("event", "audit_event_by_time"),
        migrations.AddIndex("event", models.Index(fields=["home", "at"], name="audit_event_by_time")),
    ]
