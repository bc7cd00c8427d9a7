"""The audit in the admin: to be read, and nothing else."""

from django.contrib import admin

from audit.models import AuditEvent
from burnin_site.core.read_only_admin import ReadOnlyAdmin


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "event_type", "operator_name", "host_name", "drive_serial", "job_id", "note")
    list_filter = ("event_type", "created_at")
    search_fields = ("operator_name", "host_name", "drive_serial", "note", "event_type")
    date_hierarchy = "created_at"
