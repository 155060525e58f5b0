"""The root of a campaign's newest lock; the signatures of returns and qualifications."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("reading", "0006_declined_timepoints")]

    operations = [
        migrations.AddField("campaign", "locked_root", models.CharField(blank=True, max_length=64)),
        migrations.AddField(
            "qualification",
            "signature",
            models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to="accounts.signature"
            ),
        ),
        migrations.AddField(
            "readreturn",
            "signature",
            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="accounts.signature"),
        ),
    ]
