from django.db import migrations, models

import studies.sealed_values


class Migration(migrations.Migration):
    dependencies = [
        ("studies", "0003_rejection_taken_back"),
    ]

    operations = [
        migrations.AddField("film", "approved_pixels", studies.sealed_values.SealedValue(default="")),
        migrations.RemoveField(model_name="rendition", name="reader_image"),
        migrations.RemoveField(model_name="readerimage", name="digest"),
        migrations.AddField(
            model_name="rendition",
            name="index",
            field=models.CharField(default="", max_length=64, unique=True),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="rendition", name="sealed_image", field=models.BinaryField(default=b""), preserve_default=False
        ),
        migrations.AlterField("readerimage", "joints", studies.sealed_values.SealedValue(default=dict)),
        migrations.AlterField("readerimage", "window_center", studies.sealed_values.SealedValue()),
        migrations.AlterField("readerimage", "window_width", studies.sealed_values.SealedValue()),
    ]
