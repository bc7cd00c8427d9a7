"""Give the tokens that were made before 0.3.0 a label, so that their owners see them."""

from django.db import migrations


def label(apps, schema_editor):
    tokens = apps.get_model("knox", "AuthToken").objects.values_list("digest", flat=True)
    labels = apps.get_model("tokens", "TokenLabel")
    labels.objects.bulk_create(labels(token_id=digest, name="made before 0.3.0") for digest in tokens)


class Migration(migrations.Migration):
    dependencies = [("tokens", "0001_initial")]
    operations = [migrations.RunPython(label, migrations.RunPython.noop)]
