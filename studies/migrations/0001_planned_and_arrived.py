import django.db.models.deletion
import studies.natural_keys
import studies.sealed_names
import studies.sealed_values
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReaderImage",
            fields=[
                ("key", models.CharField(max_length=43, primary_key=True, serialize=False)),
                ("rows", models.PositiveIntegerField()),
                ("columns", models.PositiveIntegerField()),
                ("spacing_mm", models.FloatField(blank=True, null=True)),
                ("window_center", studies.sealed_values.SealedValue()),
                ("window_width", studies.sealed_values.SealedValue()),
                ("bands", models.JSONField()),
                ("joints", studies.sealed_values.SealedValue(default=dict)),
            ],
            options={
                "ordering": ["key"],
            },
        ),
        migrations.CreateModel(
            name="Trial",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=32, unique=True)),
                ("title", models.CharField(max_length=200)),
                ("sponsor", models.CharField(blank=True, max_length=120)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="Site",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=32)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("natural", studies.natural_keys.NaturalKey(default="", editable=False, max_length=500, of="code")),
                (
                    "trial",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sites", to="studies.trial"
                    ),
                ),
            ],
            options={
                "ordering": ["trial", "natural"],
                "constraints": [models.UniqueConstraint(fields=("trial", "code"), name="site_code_once")],
            },
        ),
        migrations.CreateModel(
            name="ArmsImport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField()),
                ("keys", models.JSONField()),
                ("imported_at", models.DateTimeField(auto_now_add=True)),
                (
                    "imported_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "trial",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="arms_imports", to="studies.trial"
                    ),
                ),
            ],
            options={
                "ordering": ["trial", "-version"],
                "constraints": [models.UniqueConstraint(fields=("trial", "version"), name="arms_version_once")],
            },
        ),
        migrations.CreateModel(
            name="Subject",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=64)),
                ("natural", studies.natural_keys.NaturalKey(default="", editable=False, max_length=500, of="code")),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="subjects", to="studies.site"
                    ),
                ),
                (
                    "trial",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="subjects", to="studies.trial"
                    ),
                ),
            ],
            options={
                "ordering": ["trial", "natural"],
                "indexes": [models.Index(fields=["trial", "natural"], name="subject_natural")],
                "constraints": [models.UniqueConstraint(fields=("trial", "code"), name="subject_code_once")],
            },
        ),
        migrations.CreateModel(
            name="SealedArm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sealed", models.JSONField()),
                (
                    "imported",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="values", to="studies.armsimport"
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="studies.subject"
                    ),
                ),
            ],
            options={
                "ordering": ["imported", "subject"],
                "constraints": [models.UniqueConstraint(fields=("imported", "subject"), name="sealed_arm_once")],
            },
        ),
        migrations.CreateModel(
            name="ConsentWithdrawal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("withdrawn_on", models.DateField()),
                ("statement", models.CharField(max_length=300)),
                ("instruction", models.CharField(blank=True, max_length=500)),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                ("corrected_at", models.DateTimeField(blank=True, null=True)),
                (
                    "subject",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consent_withdrawals",
                        to="studies.subject",
                    ),
                ),
            ],
            options={
                "ordering": ["subject", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("corrected_at", None)), fields=("subject",), name="consent_withdrawn_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("statement", ""), _negated=True), name="consent_withdrawal_says_what"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("corrected_at", None), ("corrected_at__gte", models.F("recorded_at")), _connector="OR"
                        ),
                        name="consent_corrected_after_it_was_recorded",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Transmittal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("browser", "Browser"),
                            ("stow", "STOW-RS"),
                            ("cstore", "C-STORE"),
                            ("command", "Command line"),
                        ],
                        max_length=10,
                    ),
                ),
                ("token", models.CharField(max_length=40, unique=True)),
                ("opened_at", models.DateTimeField(auto_now_add=True)),
                (
                    "sent_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="transmittals", to="studies.site"
                    ),
                ),
                (
                    "trial",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="transmittals", to="studies.trial"
                    ),
                ),
            ],
            options={
                "ordering": ["-opened_at"],
            },
        ),
        migrations.CreateModel(
            name="SenderToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.CharField(max_length=80)),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("issued_at", models.DateTimeField(auto_now_add=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sender_tokens", to="studies.site"
                    ),
                ),
                (
                    "trial",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sender_tokens", to="studies.trial"
                    ),
                ),
            ],
            options={
                "ordering": ["trial", "site", "label"],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("site", "site"),
                            ("coordinator", "coordinator"),
                            ("checker", "checker"),
                            ("reader", "reader"),
                            ("adjudicator", "adjudicator"),
                            ("lead", "lead"),
                            ("statistician", "statistician"),
                            ("signer", "signer"),
                            ("custodian", "custodian"),
                            ("sponsor", "sponsor"),
                            ("auditor", "auditor"),
                            ("administrator", "administrator"),
                            ("system", "system"),
                        ],
                        max_length=20,
                    ),
                ),
                ("reason", models.CharField(max_length=200)),
                ("granted_at", models.DateTimeField(auto_now_add=True)),
                ("pending", models.BooleanField(default=False)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("first_used_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("unblinded_at", models.DateTimeField(blank=True, null=True)),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "granted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="studies.site",
                    ),
                ),
                (
                    "trial",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="memberships", to="studies.trial"
                    ),
                ),
            ],
            options={
                "ordering": ["trial", "role", "user"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at__isnull", True)),
                        fields=("trial", "user", "role"),
                        name="membership_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("role", "site"), _negated=True), ("site__isnull", False), _connector="OR"
                        ),
                        name="site_role_names_site",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "role__in",
                                [
                                    "site",
                                    "coordinator",
                                    "checker",
                                    "reader",
                                    "adjudicator",
                                    "lead",
                                    "statistician",
                                    "signer",
                                    "custodian",
                                    "sponsor",
                                    "auditor",
                                ],
                            )
                        ),
                        name="role_of_a_trial",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("pending", False),
                            models.Q(("confirmed_at__isnull", True), ("first_used_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="pending_gives_nothing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by__isnull", True),
                            models.Q(
                                models.Q(("confirmed_by", models.F("granted_by")), _negated=True),
                                models.Q(("confirmed_by", models.F("user")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="confirmed_by_a_third_person",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DicomPeer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("calling_ae", models.CharField(max_length=16)),
                ("called_ae", models.CharField(max_length=16)),
                ("address", models.GenericIPAddressField()),
                ("admitted_at", models.DateTimeField(auto_now_add=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="dicom_peers", to="studies.site"
                    ),
                ),
                (
                    "trial",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="dicom_peers", to="studies.trial"
                    ),
                ),
            ],
            options={
                "ordering": ["called_ae", "calling_ae"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at__isnull", True)),
                        fields=("calling_ae", "called_ae", "address"),
                        name="dicom_peer_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CustodianKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_key", models.CharField(max_length=44)),
                ("fingerprint", models.CharField(max_length=40)),
                ("registered_at", models.DateTimeField(auto_now_add=True)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("replaced_at", models.DateTimeField(blank=True, null=True)),
                (
                    "custodian",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "trial",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="custodian_keys", to="studies.trial"
                    ),
                ),
            ],
            options={
                "ordering": ["trial", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("trial", "public_key"), name="custodian_key_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("replaced_at__isnull", True)),
                        fields=("trial", "custodian"),
                        name="one_key_a_custodian",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BlindUid",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("original", models.CharField(max_length=64)),
                ("blind", models.CharField(max_length=64, unique=True)),
                ("trial", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="studies.trial")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("trial", "original"), name="blind_uid_once")],
            },
        ),
        migrations.CreateModel(
            name="ArmsHolding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=200)),
                ("chosen_at", models.DateTimeField(auto_now_add=True)),
                ("opened_at", models.DateTimeField(blank=True, null=True)),
                ("received_at", models.DateTimeField(blank=True, null=True)),
                (
                    "chosen_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "trial",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="arms_holding", to="studies.trial"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="VisitPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=32)),
                ("label", models.CharField(max_length=80)),
                ("target_day", models.IntegerField()),
                ("days_before", models.PositiveIntegerField(default=14)),
                ("days_after", models.PositiveIntegerField(default=14)),
                (
                    "trial",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="visit_plans", to="studies.trial"
                    ),
                ),
            ],
            options={
                "ordering": ["trial", "target_day"],
                "constraints": [models.UniqueConstraint(fields=("trial", "code"), name="visit_plan_code_once")],
            },
        ),
        migrations.CreateModel(
            name="Visit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=32)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("scheduled", "Scheduled"),
                            ("unscheduled", "Unscheduled"),
                            ("rescue", "Early escape or rescue"),
                            ("early-termination", "Early termination"),
                        ],
                        default="scheduled",
                        max_length=20,
                    ),
                ),
                ("not_done_reason", models.CharField(blank=True, max_length=200)),
                ("natural", studies.natural_keys.NaturalKey(default="", editable=False, max_length=500, of="code")),
                (
                    "subject",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="visits", to="studies.subject"
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="visits",
                        to="studies.visitplan",
                    ),
                ),
            ],
            options={
                "ordering": ["subject", "natural"],
                "constraints": [
                    models.UniqueConstraint(fields=("subject", "code"), name="visit_code_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["scheduled", "unscheduled", "rescue", "early-termination"])),
                        name="visit_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "scheduled"), _negated=True), ("plan__isnull", False), _connector="OR"
                        ),
                        name="scheduled_has_plan",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Film",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("held", "Held"),
                            ("refused", "Refused"),
                            ("deidentified", "At the desk"),
                            ("questioned", "Questioned"),
                            ("rejected", "Rejected"),
                            ("accepted", "Accepted"),
                            ("ready", "Ready"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="received",
                        max_length=16,
                    ),
                ),
                ("status_reason", models.CharField(blank=True, max_length=500)),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("browser", "Browser"),
                            ("stow", "STOW-RS"),
                            ("cstore", "C-STORE"),
                            ("command", "Command line"),
                        ],
                        max_length=10,
                    ),
                ),
                ("original_name", studies.sealed_names.SealedName()),
                ("original_file", models.CharField(max_length=120)),
                ("media_type", models.CharField(blank=True, max_length=40)),
                ("size", models.BigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("sop_instance_uid", models.CharField(blank=True, max_length=64)),
                (
                    "side",
                    models.CharField(
                        blank=True, choices=[("L", "Left"), ("R", "Right"), ("B", "Both on one film")], max_length=1
                    ),
                ),
                (
                    "view",
                    models.CharField(
                        blank=True, choices=[("hand", "Hand PA"), ("foot", "Foot dorsoplantar")], max_length=4
                    ),
                ),
                ("film_date", models.DateField(blank=True, null=True)),
                (
                    "film_date_source",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("header", "Header"),
                            ("site", "Entered by the site"),
                            ("confirmed", "Confirmed at the desk"),
                        ],
                        max_length=10,
                    ),
                ),
                ("spacing_mm", models.FloatField(blank=True, null=True)),
                ("inverted", models.BooleanField(default=False)),
                ("header", models.JSONField(blank=True, default=dict)),
                ("findings", models.JSONField(blank=True, default=list)),
                ("blind_file", models.CharField(blank=True, max_length=120)),
                ("desk_folder", models.CharField(blank=True, max_length=120)),
                ("pixel_sha256", models.CharField(blank=True, max_length=64)),
                ("approved_pixels", studies.sealed_values.SealedValue(default="")),
                ("deidentification", models.JSONField(blank=True, default=dict)),
                ("designated", models.BooleanField(default=True)),
                ("received_at", models.DateTimeField(auto_now_add=True)),
                (
                    "replaces",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="studies.film",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="films", to="studies.site"
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="films",
                        to="studies.subject",
                    ),
                ),
                (
                    "trial",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="films", to="studies.trial"
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="films",
                        to="studies.visit",
                    ),
                ),
            ],
            options={
                "ordering": ["received_at"],
                "indexes": [
                    models.Index(fields=["trial", "status"], name="studies_fil_trial_i_8aeb2d_idx"),
                    models.Index(fields=["pixel_sha256"], name="studies_fil_pixel_s_3b2a00_idx"),
                    models.Index(fields=["sha256"], name="film_sha256"),
                    models.Index(fields=["trial", "sop_instance_uid"], name="film_sop_instance_uid"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ["refused", "rejected", "withdrawn"]), _negated=True),
                        fields=("trial", "site", "sha256"),
                        name="film_bytes_once_in_play",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "received",
                                    "held",
                                    "refused",
                                    "deidentified",
                                    "questioned",
                                    "rejected",
                                    "accepted",
                                    "ready",
                                    "withdrawn",
                                ],
                            )
                        ),
                        name="film_status_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SealedLikeness",
            fields=[
                (
                    "film",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="likeness",
                        serialize=False,
                        to="studies.film",
                    ),
                ),
                ("sealed", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="MaskSet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField()),
                ("rectangles", models.JSONField(default=list)),
                ("crops", models.JSONField(default=dict)),
                ("proposed_at", models.DateTimeField(auto_now_add=True)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("refused_reason", models.CharField(blank=True, max_length=200)),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "film",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="mask_sets", to="studies.film"
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["film", "revision"],
                "constraints": [models.UniqueConstraint(fields=("film", "revision"), name="mask_revision_once")],
            },
        ),
        migrations.CreateModel(
            name="QualityDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "decision",
                    models.CharField(
                        choices=[
                            ("accept", "Accepted"),
                            ("reject", "Rejected"),
                            ("question", "Questioned"),
                            ("withdraw", "Withdrawn"),
                            ("reopen", "Rejection reversed"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=40)),
                ("note", models.CharField(blank=True, max_length=500)),
                ("side", models.CharField(blank=True, max_length=1)),
                ("view", models.CharField(blank=True, max_length=4)),
                ("film_date", models.DateField(blank=True, null=True)),
                ("spacing_mm", models.FloatField(blank=True, null=True)),
                ("inverted", models.BooleanField(default=False)),
                ("decided_at", models.DateTimeField(auto_now_add=True)),
                (
                    "decided_by",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
                ),
                (
                    "film",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="studies.film"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "Open"), ("answered", "Answered"), ("closed", "Closed")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("due_on", models.DateField(blank=True, null=True)),
                ("opened_at", models.DateTimeField(auto_now_add=True)),
                (
                    "film",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="questions",
                        to="studies.film",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="questions", to="studies.site"
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="questions",
                        to="studies.subject",
                    ),
                ),
                (
                    "trial",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="questions", to="studies.trial"
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="questions",
                        to="studies.visit",
                    ),
                ),
            ],
            options={
                "ordering": ["-opened_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["open", "answered", "closed"])), name="question_status_known"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="QuestionMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField()),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "author",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "question",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="messages", to="studies.question"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Rendition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("side", models.CharField(max_length=1)),
                ("view", models.CharField(max_length=4)),
                ("index", models.CharField(max_length=64, unique=True)),
                ("sealed_image", models.BinaryField()),
                ("image_seal", models.CharField(max_length=64)),
                ("proposed", studies.sealed_values.SealedValue(default=dict)),
                (
                    "film",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="renditions", to="studies.film"
                    ),
                ),
                (
                    "masks",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to="studies.maskset"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("film", "side"), name="rendition_once")],
            },
        ),
        migrations.CreateModel(
            name="SopInstance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.CharField(max_length=64)),
                ("content", models.CharField(blank=True, max_length=64)),
                (
                    "film",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="studies.film",
                    ),
                ),
                ("trial", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="studies.trial")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("trial", "uid"), name="sop_instance_once")],
            },
        ),
        migrations.CreateModel(
            name="TransmittalEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", studies.sealed_names.SealedName()),
                ("size", models.BigIntegerField()),
                ("sha256", models.CharField(blank=True, max_length=64)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("filed", "Filed"),
                            ("duplicate", "Duplicate"),
                            ("refused", "Refused"),
                            ("ignored", "Ignored"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "film",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="studies.film",
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="studies.subject",
                    ),
                ),
                (
                    "transmittal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="studies.transmittal"
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="studies.visit",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="DeviationVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("version", models.PositiveIntegerField()),
                ("noticed_on", models.DateField()),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("acquisition", "Image acquisition"),
                            ("handling", "Image handling or transfer"),
                            ("blinding", "Blinding"),
                            ("reading", "Reading"),
                            ("system", "Software or system"),
                            ("charter", "Charter"),
                            ("other", "Other"),
                        ],
                        max_length=20,
                    ),
                ),
                ("description", models.TextField()),
                (
                    "effect",
                    models.CharField(
                        choices=[("none", "No effect"), ("possible", "Possible"), ("confirmed", "Confirmed")],
                        max_length=20,
                    ),
                ),
                ("effect_explained", models.CharField(max_length=500)),
                ("corrective_action", models.TextField(blank=True)),
                ("preventive_action", models.TextField(blank=True)),
                (
                    "status",
                    models.CharField(choices=[("open", "Open"), ("closed", "Closed")], default="open", max_length=10),
                ),
                ("closed_on", models.DateField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("written_at", models.DateTimeField(auto_now_add=True)),
                (
                    "written_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="studies.site",
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="studies.subject",
                    ),
                ),
                (
                    "trial",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="deviations", to="studies.trial"
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="studies.visit",
                    ),
                ),
            ],
            options={
                "ordering": ["trial", "number", "version"],
                "constraints": [
                    models.UniqueConstraint(fields=("trial", "number", "version"), name="deviation_version_once"),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1), ("version__gte", 1)), name="deviation_counted_from_one"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "category__in",
                                ["acquisition", "handling", "blinding", "reading", "system", "charter", "other"],
                            )
                        ),
                        name="deviation_category_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("effect__in", ["none", "possible", "confirmed"])),
                        name="deviation_effect_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_on__isnull", True), ("status", "open")),
                            models.Q(("closed_on__gte", models.F("noticed_on")), ("status", "closed")),
                            _connector="OR",
                        ),
                        name="deviation_closed_with_its_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), ("version", 1)),
                            models.Q(("version__gt", 1), models.Q(("reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="deviation_changed_with_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("subject__isnull", True), ("site__isnull", False), _connector="OR"),
                            models.Q(("visit__isnull", True), ("subject__isnull", False), _connector="OR"),
                        ),
                        name="deviation_concern_is_complete",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AbsentFilm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("side", models.CharField(choices=[("L", "Left"), ("R", "Right")], max_length=1)),
                ("view", models.CharField(choices=[("hand", "Hand PA"), ("foot", "Foot dorsoplantar")], max_length=4)),
                ("reason", models.CharField(max_length=200)),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "visit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="absent_films", to="studies.visit"
                    ),
                ),
            ],
            options={
                "ordering": ["visit", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at__isnull", True)),
                        fields=("visit", "side", "view"),
                        name="film_absent_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="JointPlacement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("side", models.CharField(max_length=1)),
                ("revision", models.PositiveIntegerField()),
                ("joints", models.JSONField(default=dict)),
                ("readability", models.JSONField(default=dict)),
                ("placed_at", models.DateTimeField(auto_now_add=True)),
                (
                    "film",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="placements", to="studies.film"
                    ),
                ),
                (
                    "placed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["film", "side", "revision"],
                "constraints": [
                    models.UniqueConstraint(fields=("film", "side", "revision"), name="placement_revision_once")
                ],
            },
        ),
    ]
