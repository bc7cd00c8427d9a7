"""Burn-ins in the admin: evidence is shown, never edited."""

from django.contrib import admin

from burnin_site.core.read_only_admin import ReadOnlyAdmin
from jobs.models import BurninJob, BurninStage, Override, WipeToken, WorkerHeartbeat


class StageInline(admin.TabularInline):  # type: ignore[type-arg]
    """The stages of a burn-in."""

    model = BurninStage
    fields = ("position", "stage_name", "state", "percent", "attempt", "bad_blocks", "started_at", "finished_at")
    readonly_fields = fields
    extra = 0
    can_delete = False
    show_change_link = True


@admin.register(BurninJob)
class BurninJobAdmin(ReadOnlyAdmin):
    list_display = ("id", "serial", "profile", "state", "percent", "stage_name", "operator_name", "created_at")
    list_filter = ("state", "profile", "simulated", "created_at")
    search_fields = ("serial", "wwn", "operator_name", "drive__devname", "drive__host__name")
    date_hierarchy = "created_at"
    exclude = ("lease_token", "lease_until", "woken_at", "live_version")
    inlines = (StageInline,)


@admin.register(BurninStage)
class BurninStageAdmin(ReadOnlyAdmin):
    list_display = ("job", "position", "stage_name", "state", "percent", "attempt", "bad_blocks", "finished_at")
    list_filter = ("state", "stage_name", "destructive")
    list_select_related = ("job",)
    search_fields = ("job__serial", "stage_name")


@admin.register(WorkerHeartbeat)
class WorkerHeartbeatAdmin(ReadOnlyAdmin):
    list_display = ("node", "beat_at", "busy_until")
    search_fields = ("node",)


@admin.register(WipeToken)
class WipeTokenAdmin(ReadOnlyAdmin):
    list_display = ("job", "serial", "user_name", "accepted_at", "spent_at", "spent_by_run")
    list_select_related = ("job",)
    search_fields = ("serial", "user_name")
    exclude = ("token_hash",)


@admin.register(Override)
class OverrideAdmin(ReadOnlyAdmin):
    list_display = ("serial", "codes", "reason", "created_by_name", "created_at", "expires_at", "job")
    list_select_related = ("job",)
    search_fields = ("serial", "reason", "created_by_name")
