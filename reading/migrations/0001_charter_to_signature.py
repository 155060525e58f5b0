import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("accounts", "__first__"),
        ("studies", "0001_planned_and_arrived"),
    ]

    operations = [
        migrations.CreateModel(
            name="Charter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField()),
                (
                    "status",
                    models.CharField(choices=[("draft", "Draft"), ("signed", "Signed")], default="draft", max_length=8),
                ),
                ("terms", models.JSONField()),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("paper", models.CharField(blank=True, max_length=100)),
                ("paper_digest", models.CharField(blank=True, max_length=64)),
                ("written_at", models.DateTimeField(auto_now_add=True)),
                (
                    "approval",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approved_charters",
                        to="accounts.signature",
                    ),
                ),
                (
                    "signature",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to="accounts.signature"
                    ),
                ),
                (
                    "trial",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="charters", to="studies.trial"
                    ),
                ),
            ],
            options={
                "ordering": ["trial", "-version"],
                "constraints": [
                    models.UniqueConstraint(fields=("trial", "version"), name="charter_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "draft")), fields=("trial",), name="one_draft_charter"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["draft", "signed"])), name="charter_status_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status", "draft"), ("signature__isnull", False), _connector="OR"),
                        name="signed_charter_has_signature",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status", "signed"), models.Q(("approval", None), ("paper", "")), _connector="OR"
                        ),
                        name="draft_charter_not_approved",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Campaign",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=32)),
                ("title", models.CharField(max_length=200)),
                (
                    "status",
                    models.CharField(
                        choices=[("draft", "Draft"), ("open", "Open"), ("closed", "Closed"), ("locked", "Locked")],
                        default="draft",
                        max_length=8,
                    ),
                ),
                ("film_cut_off", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("locked_root", models.CharField(blank=True, max_length=64)),
                (
                    "trial",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="campaigns", to="studies.trial"
                    ),
                ),
                (
                    "charter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="campaigns", to="reading.charter"
                    ),
                ),
            ],
            options={
                "ordering": ["trial", "code"],
                "constraints": [
                    models.UniqueConstraint(fields=("trial", "code"), name="campaign_code_once"),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["draft", "open", "closed", "locked"])),
                        name="campaign_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status", "draft"), ("film_cut_off__isnull", False), _connector="OR"),
                        name="opened_campaign_has_cut_off",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("due_on", models.DateField(blank=True, null=True)),
                ("commitment", models.CharField(max_length=64)),
                ("issued_at", models.DateTimeField(auto_now_add=True)),
                ("seed_revealed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="batches", to="reading.campaign"
                    ),
                ),
            ],
            options={
                "ordering": ["campaign", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.CharField(max_length=40, unique=True)),
                ("number", models.PositiveIntegerField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("consensus", "Consensus"),
                            ("discordant", "In adjudication"),
                            ("adjudicated", "Adjudicated"),
                            ("voided", "Voided"),
                        ],
                        default="open",
                        max_length=12,
                    ),
                ),
                (
                    "void_cause",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("late-film", "A film came late or was replaced"),
                            ("wrong-film", "A film was of another subject or visit"),
                            ("identity", "A film showed who the subject is, or when it was taken"),
                            ("image", "The image was damaged or badly processed"),
                            ("reader", "Read again because of a reader, as specified in advance"),
                            ("other", "Another cause, given in the reason"),
                            ("films-changed", "A film was moved, or another was designated"),
                            ("consent", "The subject withdrew consent"),
                        ],
                        max_length=16,
                    ),
                ),
                ("void_reason", models.CharField(blank=True, max_length=300)),
                ("consent_withdrawn", models.BooleanField(default=False)),
                (
                    "charter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="cases", to="reading.charter"
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="cases", to="reading.campaign"
                    ),
                ),
                (
                    "replaces",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replacement",
                        to="reading.case",
                    ),
                ),
            ],
            options={
                "ordering": ["campaign", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("campaign", "number"), name="case_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["open", "consensus", "discordant", "adjudicated", "voided"])
                        ),
                        name="case_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "voided"), _negated=True),
                            models.Q(("void_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="voided_case_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "voided"), _negated=True),
                            (
                                "void_cause__in",
                                [
                                    "late-film",
                                    "wrong-film",
                                    "identity",
                                    "image",
                                    "reader",
                                    "other",
                                    "films-changed",
                                    "consent",
                                ],
                            ),
                            _connector="OR",
                        ),
                        name="voided_case_has_cause",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Read",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("primary", "Primary"), ("adjudication", "Adjudication"), ("repeat", "Hidden repeat")],
                        default="primary",
                        max_length=12,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("drawn", "Issuing"),
                            ("issued", "To read"),
                            ("opened", "In progress"),
                            ("signed", "Signed"),
                            ("returned", "Returned"),
                            ("declined", "Declined"),
                            ("replaced", "Replaced"),
                            ("voided", "Voided"),
                        ],
                        default="issued",
                        max_length=10,
                    ),
                ),
                ("token", models.CharField(max_length=40, unique=True)),
                ("number", models.PositiveIntegerField(blank=True, null=True, unique=True)),
                ("queue_position", models.PositiveIntegerField()),
                ("queue", models.CharField(blank=True, max_length=40)),
                ("opened_at", models.DateTimeField(blank=True, null=True)),
                ("signed_at", models.DateTimeField(blank=True, null=True)),
                ("decline_reason", models.CharField(blank=True, max_length=300)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reads", to="reading.batch"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reads", to="reading.case"
                    ),
                ),
                (
                    "reader",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reads", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["batch", "queue_position"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("status__in", ["drawn", "issued", "opened", "signed", "returned"]),
                            models.Q(("kind", "repeat"), _negated=True),
                        ),
                        fields=("case", "reader"),
                        name="reader_once_per_case",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("kind", "repeat"), ("status__in", ["drawn", "issued", "opened", "signed", "returned"])
                        ),
                        fields=("case", "reader"),
                        name="one_repeat_per_reader_and_case",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                ["drawn", "issued", "opened", "signed", "returned", "declined", "replaced", "voided"],
                            )
                        ),
                        name="read_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["primary", "adjudication", "repeat"])), name="read_kind_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SealedSeed",
            fields=[
                (
                    "batch",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="reading.batch",
                    ),
                ),
                ("sealed", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="SealedCase",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="reading.case",
                    ),
                ),
                ("sealed", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="SealedReference",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="reference",
                        serialize=False,
                        to="reading.case",
                    ),
                ),
                ("sealed", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="LeakScan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("running", "Running"),
                            ("clean", "Nothing predicts the order"),
                            ("warned", "The order can be recognised"),
                            ("acknowledged", "Warning acknowledged"),
                        ],
                        default="running",
                        max_length=12,
                    ),
                ),
                ("requested_at", models.DateTimeField(auto_now_add=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("films", models.PositiveIntegerField(default=0)),
                ("cases", models.PositiveIntegerField(default=0)),
                ("cases_of", models.PositiveIntegerField(default=0)),
                ("findings", models.JSONField(default=list)),
                ("acknowledged_at", models.DateTimeField(blank=True, null=True)),
                ("acknowledgement", models.CharField(blank=True, max_length=500)),
                (
                    "acknowledged_by",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="leak_scans", to="reading.campaign"
                    ),
                ),
            ],
            options={
                "ordering": ["campaign", "-number"],
                "constraints": [
                    models.UniqueConstraint(fields=("campaign", "number"), name="leak_scan_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["running", "clean", "warned", "acknowledged"])),
                        name="leak_scan_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "acknowledged"), _negated=True),
                            models.Q(("acknowledgement", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="acknowledged_scan_says_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SealedRead",
            fields=[
                (
                    "read",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="reading.read",
                    ),
                ),
                ("sealed", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="TrainingMarks",
            fields=[
                (
                    "read",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="marks",
                        serialize=False,
                        to="reading.read",
                    ),
                ),
                ("reference", models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name="ReaderDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("cv", "CV"),
                            ("interests", "Conflict of interest statement"),
                            ("guide", "Reading guide, read and signed"),
                            ("charter", "Charter, read and signed"),
                        ],
                        max_length=12,
                    ),
                ),
                ("signed_on", models.DateField()),
                ("expires_on", models.DateField(blank=True, null=True)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reader_documents",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "trial",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reader_documents", to="studies.trial"
                    ),
                ),
            ],
            options={
                "ordering": ["trial", "person", "kind", "signed_on", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at", None)),
                        fields=("trial", "person", "kind", "signed_on"),
                        name="document_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["cv", "interests", "guide", "charter"])),
                        name="document_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_on", None), ("expires_on__gte", models.F("signed_on")), _connector="OR"
                        ),
                        name="document_expires_after_signed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("withdrawn_at", None), ("withdrawn_at__gte", models.F("recorded_at")), _connector="OR"
                        ),
                        name="document_withdrawn_after_recorded",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReaderSuspension",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("drift", "Drift"),
                            ("qualification-expired", "Qualification expired"),
                            ("conflict", "Conflict of interest found"),
                            ("other", "Other"),
                        ],
                        max_length=24,
                    ),
                ),
                ("reason", models.CharField(max_length=300)),
                ("suspended_at", models.DateTimeField(auto_now_add=True)),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="suspensions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "trial",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="suspensions", to="studies.trial"
                    ),
                ),
            ],
            options={
                "ordering": ["trial", "person", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at", None)), fields=("trial", "person"), name="suspended_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cause__in", ["drift", "qualification-expired", "conflict", "other"])),
                        name="suspension_cause_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="suspension_has_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("lifted_at", None), ("lifted_at__gte", models.F("suspended_at")), _connector="OR"
                        ),
                        name="suspension_lifted_after_start",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReadReturn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=40)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("returned_at", models.DateTimeField(auto_now_add=True)),
                (
                    "read",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="returns", to="reading.read"
                    ),
                ),
                ("signature", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="accounts.signature")),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="ReadStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField()),
                ("counts", models.BooleanField(default=True)),
                ("token", models.CharField(blank=True, max_length=40, null=True, unique=True)),
                ("number", models.PositiveIntegerField(blank=True, null=True, unique=True)),
                ("queue_position", models.PositiveIntegerField(blank=True, null=True)),
                ("opened_at", models.DateTimeField(blank=True, null=True)),
                ("locked_at", models.DateTimeField(blank=True, null=True)),
                ("declined_at", models.DateTimeField(blank=True, null=True)),
                ("entry_seconds", models.FloatField(blank=True, null=True)),
                (
                    "read",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="reading.read"
                    ),
                ),
            ],
            options={
                "ordering": ["read", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("read", "position"), name="step_position_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("queue_position__isnull", True), ("token__isnull", True)),
                            models.Q(("queue_position__isnull", False), ("token__isnull", False)),
                            _connector="OR",
                        ),
                        name="step_queued_by_token",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DisplayedTimepoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.CharField(max_length=40, unique=True)),
                ("letter", models.CharField(max_length=2)),
                ("position", models.PositiveIntegerField()),
                (
                    "step",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="timepoints", to="reading.readstep"
                    ),
                ),
            ],
            options={
                "ordering": ["step", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("step", "position"), name="timepoint_position_once"),
                    models.UniqueConstraint(fields=("step", "letter"), name="timepoint_letter_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SealedTimepoint",
            fields=[
                (
                    "timepoint",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="reading.displayedtimepoint",
                    ),
                ),
                ("sealed", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="DisplayedFilm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.CharField(max_length=40, unique=True)),
                ("side", models.CharField(max_length=1)),
                ("view", models.CharField(max_length=4)),
                ("digests", models.JSONField(default=dict)),
                (
                    "reader_image",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to="studies.readerimage"
                    ),
                ),
                (
                    "timepoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="films",
                        to="reading.displayedtimepoint",
                    ),
                ),
            ],
            options={
                "ordering": ["timepoint", "view", "side"],
                "constraints": [
                    models.UniqueConstraint(fields=("timepoint", "side", "view"), name="displayed_film_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="FilmLook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seen_at", models.DateTimeField()),
                ("seen_plausible", models.BooleanField(default=True)),
                ("told_at", models.DateTimeField()),
                (
                    "film",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="look", to="reading.displayedfilm"
                    ),
                ),
            ],
            options={
                "ordering": ["film"],
            },
        ),
        migrations.CreateModel(
            name="FilmServed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("served_at", models.DateTimeField()),
                (
                    "film",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="served", to="reading.displayedfilm"
                    ),
                ),
            ],
            options={
                "ordering": ["film"],
            },
        ),
        migrations.CreateModel(
            name="ItemNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("item", models.CharField(max_length=24)),
                ("revision", models.PositiveIntegerField()),
                ("flag", models.BooleanField(default=False)),
                ("comment", models.CharField(blank=True, max_length=500)),
                ("op_id", models.CharField(max_length=40, unique=True)),
                ("saved_at", models.DateTimeField()),
                (
                    "timepoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notes",
                        to="reading.displayedtimepoint",
                    ),
                ),
            ],
            options={
                "ordering": ["timepoint", "item", "revision"],
                "constraints": [
                    models.UniqueConstraint(fields=("timepoint", "item", "revision"), name="note_revision_once"),
                    models.CheckConstraint(condition=models.Q(("op_id", ""), _negated=True), name="note_has_operation"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImageProblem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=40)),
                ("note", models.CharField(blank=True, max_length=500)),
                ("reported_at", models.DateTimeField(auto_now_add=True)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                ("settlement", models.CharField(blank=True, max_length=300)),
                (
                    "film",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to="reading.displayedfilm"
                    ),
                ),
                (
                    "read",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="problems", to="reading.read"
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="SignedValues",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField()),
                ("values", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("signature", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="accounts.signature")),
                (
                    "step",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="signed_values", to="reading.readstep"
                    ),
                ),
            ],
            options={
                "ordering": ["step", "version"],
                "constraints": [models.UniqueConstraint(fields=("step", "version"), name="signed_version_once")],
            },
        ),
        migrations.CreateModel(
            name="SiteAffiliation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=300)),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="site_affiliations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="affiliations", to="studies.site"
                    ),
                ),
            ],
            options={
                "ordering": ["site", "person"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)), fields=("site", "person"), name="affiliated_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="affiliation_has_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at", None), ("ended_at__gte", models.F("recorded_at")), _connector="OR"
                        ),
                        name="affiliation_ends_after_it_began",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Sitting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("display", models.JSONField(default=dict)),
                ("started_at", models.DateTimeField(auto_now_add=True)),
                (
                    "reader",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sittings",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="ItemScore",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("item", models.CharField(max_length=24)),
                ("revision", models.PositiveIntegerField()),
                ("value", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=16)),
                (
                    "entry",
                    models.CharField(
                        choices=[
                            ("key", "Key"),
                            ("click", "Click"),
                            ("bulk", "Whole joint at once"),
                            ("system", "System"),
                        ],
                        max_length=6,
                    ),
                ),
                ("op_id", models.CharField(max_length=40, unique=True)),
                ("captured_at", models.DateTimeField()),
                ("captured_plausible", models.BooleanField(default=True)),
                ("saved_at", models.DateTimeField()),
                ("dwell_ms", models.PositiveIntegerField(default=0)),
                ("after_signature", models.BooleanField(default=False)),
                ("change_reason", models.CharField(blank=True, max_length=16)),
                ("change_note", models.CharField(blank=True, max_length=300)),
                (
                    "timepoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="scores",
                        to="reading.displayedtimepoint",
                    ),
                ),
                (
                    "sitting",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to="reading.sitting"
                    ),
                ),
            ],
            options={
                "ordering": ["timepoint", "item", "revision"],
                "indexes": [
                    models.Index(fields=["item", "id"], name="score_by_item"),
                    models.Index(fields=["saved_at"], name="score_by_time"),
                    models.Index(
                        condition=models.Q(("after_signature", True)), fields=["id"], name="score_after_signature"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("timepoint", "item", "revision"), name="score_revision_once"),
                    models.CheckConstraint(
                        condition=models.Q(("value__isnull", True), ("reason", ""), _connector="OR"),
                        name="score_or_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("op_id", ""), _negated=True), name="score_has_operation"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("change_note", ""), ("change_reason", "")),
                            models.Q(
                                ("after_signature", True),
                                models.Q(("change_reason", ""), _negated=True),
                                models.Q(("change_note", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="changed_score_says_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TrainingResult",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("inputs_digest", models.CharField(max_length=64)),
                ("figures", models.JSONField()),
                ("passed", models.BooleanField()),
                ("taken_at", models.DateTimeField(auto_now_add=True)),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="training_results",
                        to="reading.campaign",
                    ),
                ),
                (
                    "reader",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="training_results",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("campaign", "reader", "inputs_digest"), name="training_result_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Qualification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("instrument", models.CharField(max_length=32)),
                ("evidence", models.CharField(max_length=300)),
                ("granted_at", models.DateTimeField(auto_now_add=True)),
                ("expires_on", models.DateField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "reader",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="qualifications",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "signature",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to="accounts.signature"
                    ),
                ),
                (
                    "trial",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="qualifications", to="studies.trial"
                    ),
                ),
                (
                    "result",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="qualifications",
                        to="reading.trainingresult",
                    ),
                ),
            ],
            options={
                "ordering": ["trial", "reader"],
            },
        ),
        migrations.CreateModel(
            name="TrainingSet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("least_status", models.FloatField(null=True)),
                ("least_change", models.FloatField(null=True)),
                ("most_sdc", models.FloatField(null=True)),
                ("least_kappa", models.FloatField(null=True)),
                ("fewest_cases", models.PositiveSmallIntegerField(default=2)),
                ("valid_months", models.PositiveSmallIntegerField(null=True)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                (
                    "campaign",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="training", to="reading.campaign"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="QueryBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("commitment", models.CharField(max_length=64)),
                ("sealed", models.BinaryField()),
                ("prepared_at", models.DateTimeField(auto_now_add=True)),
                ("released_at", models.DateTimeField(blank=True, null=True)),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="query_batches", to="reading.campaign"
                    ),
                ),
                (
                    "signature",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to="accounts.signature"
                    ),
                ),
            ],
            options={
                "ordering": ["campaign", "number"],
            },
        ),
        migrations.CreateModel(
            name="QueryMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("items", models.JSONField(default=list)),
                ("marked_at", models.DateTimeField(auto_now=True)),
                (
                    "read",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="query_mark", to="reading.read"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReadQuery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("items", models.JSONField(default=list)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("confirmed", models.JSONField(default=dict)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="queries", to="reading.querybatch"
                    ),
                ),
                (
                    "read",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="query", to="reading.read"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="querybatch",
            constraint=models.UniqueConstraint(fields=("campaign", "number"), name="query_batch_number_once"),
        ),
        migrations.AddConstraint(
            model_name="querybatch",
            constraint=models.UniqueConstraint(
                condition=models.Q(("released_at", None)), fields=("campaign",), name="one_query_batch_to_release"
            ),
        ),
        migrations.AddConstraint(
            model_name="querybatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("released_at", None), ("signature", None)),
                    models.Q(("released_at__isnull", False), ("signature__isnull", False)),
                    _connector="OR",
                ),
                name="released_query_batch_is_signed",
            ),
        ),
        migrations.AddConstraint(
            model_name="readquery",
            constraint=models.CheckConstraint(
                condition=models.Q(("answered_at", None), ("sent_at__isnull", False), _connector="OR"),
                name="answered_query_was_sent",
            ),
        ),
    ]
