"""The settings in the admin: one page with all of them."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from burnin_site.core.read_only_admin import ReadOnlyAdmin
from burnin_site.core.roles import Role, may
from settingsapp import foreign_admin, user_admin
from settingsapp.forms import SettingsForm
from settingsapp.models import StoredSetting

__all__ = ["StoredSettingAdmin", "foreign_admin", "user_admin"]


@admin.register(StoredSetting)
class StoredSettingAdmin(ReadOnlyAdmin):
    """Shows every declared setting, not only those that were changed before."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the settings are offered at all."""
        return may(request.user, Role.ADMIN)

    def has_view_permission(self, request: HttpRequest, obj: StoredSetting | None = None) -> bool:
        """Whether the page opens; a single stored row never does, it could be a secret."""
        return obj is None and may(request.user, Role.ADMIN)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show all settings, and store what was changed."""
        if not isinstance(request.user, User) or not may(request.user, Role.ADMIN):
            raise PermissionDenied("Only admins change settings.")
        form = SettingsForm(request.POST if request.method == "POST" else None)
        if form.is_valid() and form.save(actor=request.user):
            messages.info(request, "The settings are stored. They count from now on.")
            return HttpResponseRedirect(request.path)
        context = {**self.admin_site.each_context(request), "title": "Settings", "form": form}
        status = 422 if form.is_bound else 200
        return TemplateResponse(request, "admin/settingsapp/settings.html", context, status=status)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """There is no page for one setting."""
        raise PermissionDenied("Settings are changed on their common page.")

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The audit has the history."""
        raise PermissionDenied("The history of the settings is in the audit.")
