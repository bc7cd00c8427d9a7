"""The live counter in the admin: to be read, and nothing else."""

from django.contrib import admin

from burnin_site.core.live.models import LiveCounter
from burnin_site.core.read_only_admin import ReadOnlyAdmin


@admin.register(LiveCounter)
class LiveCounterAdmin(ReadOnlyAdmin):
    list_display = ("id", "value")
