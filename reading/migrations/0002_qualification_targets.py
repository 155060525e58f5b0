import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reading", "0001_charter_to_signature"),
    ]

    operations = [
        migrations.AddField(
            model_name="qualification",
            name="expires_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="qualification",
            name="result",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="qualifications",
                to="reading.trainingresult",
            ),
        ),
        migrations.AddField(
            model_name="trainingset",
            name="fewest_cases",
            field=models.PositiveSmallIntegerField(default=2),
        ),
        migrations.AddField(
            model_name="trainingset",
            name="least_kappa",
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name="trainingset",
            name="most_sdc",
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name="trainingset",
            name="valid_months",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name="trainingset",
            name="least_change",
            field=models.FloatField(null=True),
        ),
        migrations.AlterField(
            model_name="trainingset",
            name="least_status",
            field=models.FloatField(null=True),
        ),
    ]
