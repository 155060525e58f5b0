"""Unlocking under two signatures, and locks that correct the analysis of record."""

import django.db.models.deletion
from django.db import migrations, models

PROTECT = django.db.models.deletion.PROTECT


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("scoring", "0002_arms_requests")]

    operations = [
        migrations.AddField(
            "lock",
            "corrects",
            models.ForeignKey(blank=True, null=True, on_delete=PROTECT, related_name="corrections", to="scoring.lock"),
        ),
        migrations.RemoveField("unlock", "asked_by"),
        migrations.RemoveField("unlock", "asked_at"),
        migrations.RemoveField("unlock", "agreed_by"),
        migrations.RemoveField("unlock", "agreed_at"),
        migrations.AddField(
            "unlock",
            "requested",
            models.ForeignKey(on_delete=PROTECT, related_name="+", to="accounts.signature"),
        ),
        migrations.AddField(
            "unlock",
            "agreed",
            models.ForeignKey(blank=True, null=True, on_delete=PROTECT, related_name="+", to="accounts.signature"),
        ),
    ]
