"""Each burn-in says how its surface is tested; until now it was always by badblocks."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def name_the_classic(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Say of every burn-in with a surface test that it was the classic one."""
    jobs = apps.get_model("jobs", "BurninJob")
    jobs.objects.filter(stages__stage_name="surface_validate").update(plan="classic")


class Migration(migrations.Migration):
    dependencies = [("jobs", "0004_wipe_token")]

    operations = [
        migrations.AddField("burninjob", "plan", models.CharField(blank=True, default="", max_length=12), False),
        migrations.AddField("burninstage", "position_log", models.JSONField(blank=True, default=list)),
        migrations.RunPython(name_the_classic, migrations.RunPython.noop),
    ]
