"""Reads, and timepoints read one by one, have a number by which people name them."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("reading", "0001_charter_to_signature")]
    operations: ClassVar = [
        migrations.AddField("read", "number", models.PositiveIntegerField(blank=True, null=True, unique=True)),
        migrations.AddField("readstep", "number", models.PositiveIntegerField(blank=True, null=True, unique=True)),
    ]
