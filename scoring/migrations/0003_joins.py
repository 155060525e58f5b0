from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("scoring", "0002_arms_requests"),
    ]

    operations = [
        migrations.RemoveField(model_name="caseresult", name="readers"),
        migrations.RemoveField(model_name="caseresult", name="numbers"),
        migrations.AddField(
            model_name="caseresult", name="sealed", field=models.BinaryField(default=b""), preserve_default=False
        ),
    ]
