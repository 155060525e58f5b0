import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reading", "0002_qualification_targets"),
        ("scoring", "0001_results_and_locks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReaderAlarm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "rule",
                    models.CharField(
                        choices=[
                            ("drift", "Differences from partners drift"),
                            ("missing", "Share of sites not assessable"),
                            ("discordant", "Share of discordant cases"),
                        ],
                        max_length=10,
                    ),
                ),
                ("detail", models.CharField(max_length=500)),
                ("raised_at", models.DateTimeField(auto_now_add=True)),
                (
                    "action",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("none", "Nothing"),
                            ("retrain", "Train the reader again"),
                            ("suspend", "Suspend the reader"),
                        ],
                        max_length=8,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("acted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "acted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reader_alarms", to="reading.campaign"
                    ),
                ),
                (
                    "reader",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("campaign", "reader", "rule"), name="alarm_once"),
                    models.CheckConstraint(
                        condition=models.Q(("rule__in", ["drift", "missing", "discordant"])), name="alarm_rule_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("action", ""), ("action__in", ["none", "retrain", "suspend"]), _connector="OR"
                        ),
                        name="alarm_action_known",
                    ),
                ],
            },
        ),
    ]
