import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("accounts", "__first__"),
        ("reading", "0001_charter_to_signature"),
        ("studies", "0001_planned_and_arrived"),
    ]

    operations = [
        migrations.CreateModel(
            name="EventList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("events", models.JSONField()),
                ("digest", models.CharField(max_length=64)),
                ("imported_at", models.DateTimeField(auto_now_add=True)),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="event_lists", to="reading.campaign"
                    ),
                ),
                (
                    "imported_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["campaign", "-number"],
                "constraints": [models.UniqueConstraint(fields=("campaign", "number"), name="event_list_number_once")],
            },
        ),
        migrations.CreateModel(
            name="Dataset",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("building", "Being built"),
                            ("built", "Built"),
                            ("lock-requested", "Waiting for the second signer"),
                            ("locked", "Locked"),
                            ("failed", "Failed"),
                            ("discarded", "Discarded"),
                        ],
                        default="building",
                        max_length=16,
                    ),
                ),
                ("folder", models.CharField(blank=True, max_length=120)),
                ("root", models.CharField(blank=True, max_length=64)),
                ("counts", models.JSONField(default=dict)),
                ("failure", models.CharField(blank=True, max_length=1000)),
                ("built_at", models.DateTimeField(blank=True, null=True)),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="datasets", to="reading.campaign"
                    ),
                ),
                (
                    "events",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="scoring.eventlist",
                    ),
                ),
            ],
            options={
                "ordering": ["campaign", "-number"],
                "constraints": [
                    models.UniqueConstraint(fields=("campaign", "number"), name="dataset_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["building", "built", "lock-requested", "locked", "failed", "discarded"])
                        ),
                        name="dataset_status_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Lock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("root", models.CharField(max_length=64)),
                ("row_diff", models.JSONField(default=dict)),
                ("locked_at", models.DateTimeField(auto_now_add=True)),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="locks", to="reading.campaign"
                    ),
                ),
                (
                    "confirmed",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.signature"
                    ),
                ),
                (
                    "corrects",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="scoring.lock",
                    ),
                ),
                (
                    "dataset",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lock", to="scoring.dataset"
                    ),
                ),
                (
                    "requested",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.signature"
                    ),
                ),
            ],
            options={
                "ordering": ["campaign", "number"],
                "constraints": [models.UniqueConstraint(fields=("campaign", "number"), name="lock_number_once")],
            },
        ),
        migrations.CreateModel(
            name="DataTransfer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("test", "Test"),
                            ("review", "Blinded data review"),
                            ("interim", "Interim"),
                            ("final", "Final"),
                        ],
                        max_length=8,
                    ),
                ),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                ("cut", models.JSONField(default=dict)),
                ("cases", models.JSONField(default=list)),
                ("seed", models.CharField(blank=True, max_length=64)),
                (
                    "status",
                    models.CharField(
                        choices=[("building", "Being built"), ("ready", "Ready"), ("failed", "Failed")],
                        default="building",
                        max_length=10,
                    ),
                ),
                ("folder", models.CharField(blank=True, max_length=120)),
                ("root", models.CharField(blank=True, max_length=64)),
                ("counts", models.JSONField(default=dict)),
                ("failure", models.CharField(blank=True, max_length=1000)),
                ("built_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "before",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="scoring.datatransfer",
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="transfers", to="reading.campaign"
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "lock",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transfers",
                        to="scoring.lock",
                    ),
                ),
            ],
            options={
                "ordering": ["campaign", "-number"],
                "constraints": [
                    models.UniqueConstraint(fields=("campaign", "number"), name="transfer_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(("purpose__in", ["test", "review", "interim", "final"])),
                        name="transfer_purpose_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["building", "ready", "failed"])),
                        name="transfer_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lock__isnull", False), ("purpose__in", ["interim", "final"])),
                            models.Q(
                                models.Q(("purpose__in", ["interim", "final"]), _negated=True), ("lock__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="transfer_of_a_lock_names_it",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("purpose", "test"), models.Q(("seed", ""), _negated=True)),
                            models.Q(models.Q(("purpose", "test"), _negated=True), ("seed", "")),
                            _connector="OR",
                        ),
                        name="test_transfer_has_a_seed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ArmsRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.CharField(max_length=40, unique=True)),
                ("reason", models.CharField(max_length=500)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting for two custodians"),
                            ("opening", "Being opened"),
                            ("opened", "Opened"),
                            ("expired", "Expired"),
                            ("withdrawn", "Withdrawn"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("requested_at", models.DateTimeField(auto_now_add=True)),
                ("expires_at", models.DateTimeField()),
                ("wrong_shares", models.PositiveIntegerField(default=0)),
                ("folder", models.CharField(blank=True, max_length=120)),
                ("root", models.CharField(blank=True, max_length=64)),
                ("opened_at", models.DateTimeField(blank=True, null=True)),
                ("failure", models.CharField(blank=True, max_length=500)),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="arms_requests", to="reading.campaign"
                    ),
                ),
                (
                    "imported",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="studies.armsimport"
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "lock",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="scoring.lock"),
                ),
            ],
            options={
                "ordering": ["-requested_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ["waiting", "opening"])),
                        fields=("campaign",),
                        name="one_open_arms_request",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["waiting", "opening", "opened", "expired", "withdrawn", "failed"])
                        ),
                        name="arms_request_status_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LockRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "dataset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lock_requests", to="scoring.dataset"
                    ),
                ),
                (
                    "signature",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.signature"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at__isnull", True)), fields=("dataset",), name="one_lock_request"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OpeningShare",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content", models.BinaryField(null=True)),
                ("given_at", models.DateTimeField(auto_now_add=True)),
                (
                    "key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="studies.custodiankey"
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="shares", to="scoring.armsrequest"
                    ),
                ),
                (
                    "signature",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.signature"
                    ),
                ),
            ],
            options={
                "ordering": ["request", "pk"],
                "constraints": [models.UniqueConstraint(fields=("request", "key"), name="opening_share_once")],
            },
        ),
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
        migrations.CreateModel(
            name="ReviewDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("findings", models.JSONField()),
                (
                    "decision",
                    models.CharField(
                        choices=[
                            ("accepted", "Used as it is"),
                            ("to-correct", "To be corrected before the lock"),
                            ("left-out", "Left out of an analysis set"),
                            ("other", "Another decision, given in the note"),
                        ],
                        max_length=10,
                    ),
                ),
                ("note", models.CharField(max_length=500)),
                ("after_unblinding", models.BooleanField()),
                ("decided_at", models.DateTimeField(auto_now_add=True)),
                (
                    "signature",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.signature"
                    ),
                ),
                (
                    "transfer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="scoring.datatransfer"
                    ),
                ),
            ],
            options={
                "ordering": ["transfer", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("transfer", "number"), name="review_decision_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(("decision__in", ["accepted", "to-correct", "left-out", "other"])),
                        name="review_decision_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ScoreReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("filters", models.JSONField()),
                ("first", models.PositiveBigIntegerField()),
                ("last", models.PositiveBigIntegerField()),
                ("rows", models.PositiveIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("note", models.CharField(blank=True, max_length=500)),
                ("reviewed_at", models.DateTimeField(auto_now_add=True)),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="score_reviews", to="reading.campaign"
                    ),
                ),
                (
                    "signature",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.signature"
                    ),
                ),
            ],
            options={
                "ordering": ["campaign", "-number"],
                "constraints": [
                    models.UniqueConstraint(fields=("campaign", "number"), name="score_review_number_once"),
                    models.CheckConstraint(condition=models.Q(("rows__gt", 0)), name="score_review_has_rows"),
                ],
            },
        ),
        migrations.CreateModel(
            name="TransferReceipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("received_at", models.DateTimeField(auto_now_add=True)),
                (
                    "signature",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.signature"
                    ),
                ),
                (
                    "transfer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="receipt", to="scoring.datatransfer"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Unlock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=500)),
                (
                    "agreed",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.signature",
                    ),
                ),
                (
                    "lock",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="unlock", to="scoring.lock"
                    ),
                ),
                (
                    "requested",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.signature"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ArmsReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("reference", models.PositiveSmallIntegerField()),
                ("by_site", models.BooleanField()),
                (
                    "status",
                    models.CharField(
                        choices=[("computing", "Being computed"), ("ready", "Ready"), ("failed", "Failed")],
                        default="computing",
                        max_length=10,
                    ),
                ),
                ("folder", models.CharField(blank=True, max_length=120)),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("failure", models.CharField(blank=True, max_length=500)),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reports", to="scoring.armsrequest"
                    ),
                ),
            ],
            options={
                "ordering": ["request", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("request", "number"), name="arms_report_number_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "failed"), _negated=True),
                        fields=("request", "reference", "by_site"),
                        name="arms_report_of_a_kind_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["computing", "ready", "failed"])),
                        name="arms_report_status_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AgreementFigures",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("group", models.CharField(max_length=40)),
                ("end", models.CharField(blank=True, max_length=32)),
                ("state", models.CharField(blank=True, max_length=64)),
                ("as_of", models.DateTimeField()),
                ("sealed", models.BinaryField()),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agreement_figures",
                        to="reading.campaign",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("campaign", "group", "end"), name="agreement_figures_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseResult",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("consensus", "Consensus of the readers"),
                            ("discordant", "To be adjudicated"),
                            ("adjudicated", "Adjudicated"),
                        ],
                        max_length=12,
                    ),
                ),
                ("rule", models.CharField(max_length=40)),
                ("inputs", models.JSONField()),
                ("inputs_digest", models.CharField(max_length=64)),
                ("trigger", models.JSONField()),
                ("sealed", models.BinaryField()),
                ("computed_at", models.DateTimeField(auto_now_add=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="results", to="reading.case"
                    ),
                ),
            ],
            options={
                "ordering": ["case", "version"],
                "constraints": [
                    models.UniqueConstraint(fields=("case", "version"), name="case_result_version_once"),
                    models.UniqueConstraint(fields=("case", "inputs_digest"), name="case_result_inputs_once"),
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["consensus", "discordant", "adjudicated"])),
                        name="case_result_outcome_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EdcList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("rows", models.JSONField()),
                ("differences", models.JSONField()),
                ("digest", models.CharField(max_length=64)),
                ("uploaded_at", models.DateTimeField(auto_now_add=True)),
                (
                    "trial",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="edc_lists", to="studies.trial"
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["trial", "-number"],
                "constraints": [models.UniqueConstraint(fields=("trial", "number"), name="edc_list_number_once")],
            },
        ),
        migrations.CreateModel(
            name="EdcResolution",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=64)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("corrected", "Corrected in Blindread"),
                            ("sponsor", "To be corrected by the sponsor"),
                            ("site", "Site was asked"),
                            ("explained", "Explained, nothing to correct"),
                            ("reopened", "Open again"),
                        ],
                        max_length=12,
                    ),
                ),
                ("text", models.CharField(max_length=500)),
                ("written_at", models.DateTimeField(auto_now_add=True)),
                (
                    "edc_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="resolutions", to="scoring.edclist"
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["edc_list", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["corrected", "sponsor", "site", "explained", "reopened"])),
                        name="edc_resolution_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="edc_resolution_has_text"
                    ),
                ],
            },
        ),
    ]
