"""The label of a case that its readers decide, of whom there may be three."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("scoring", "0002_by_arm")]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="caseresult",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("consensus", "Consensus of the readers"),
                    ("discordant", "To be adjudicated"),
                    ("adjudicated", "Adjudicated"),
                ],
                max_length=12,
            ),
        ),
    ]
