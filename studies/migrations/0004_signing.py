"""When the arms of a trial were first opened, and first received."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("studies", "0003_rejection_taken_back")]

    operations = [
        migrations.AddField("armsholding", "opened_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("armsholding", "received_at", models.DateTimeField(blank=True, null=True)),
    ]
