"""Hosts, drives and self-tests in the admin."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from burnin_site.core.errors import BurninError
from burnin_site.core.name_fields import validate_text
from burnin_site.core.read_only_admin import ReadOnlyAdmin
from burnin_site.core.write_only import secret_field
from drives import services
from drives.models import Drive, Host, SmartTest
from drives.services import host_values

SECRETS = ("api_key", "ssh_password", "ssh_key", "ssh_key_passphrase")
STATE = ("reachable", "stopped", "waiting_since", "error", "last_polled_at", "system", "host_key_state")
LABELS = ("location", "notes")
EDITABLE = (
    "name",
    "kind",
    "api_url",
    "verify_tls",
    "ssh_host",
    "ssh_port",
    "ssh_user",
    "armed",
    "max_parallel",
    "simulated",
)


class HostForm(forms.ModelForm):  # type: ignore[type-arg]
    """A host; its secrets are taken and never shown."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in SECRETS:
            self.initial.pop(name, None)
            if name in self.fields:  # not there for people who may only look
                is_set = bool(self.instance.pk and getattr(self.instance, name))
                self.fields[name] = secret_field(is_set=is_set, multiline=name == "ssh_key")

    def values(self) -> dict[str, Any]:
        """Return what was changed: an empty secret was not."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name in (*EDITABLE, *SECRETS)}

    def _post_clean(self) -> None:
        """Say at its field what the service would refuse: above all, which secret must be entered again."""
        super()._post_clean()  # type: ignore[misc]  # a hook of Django's that its stubs leave out
        if self.errors:
            return
        stored = Host.objects.filter(pk=self.instance.pk).first() or Host()
        try:
            host_values.apply(stored, self.values())
        except host_values.InvalidHost as refusal:
            for name, said in refusal.detail.get("fields", {}).items():
                self.add_error(name if name in self.fields else None, said)


class _RefusalsAreSentences(admin.ModelAdmin):  # type: ignore[type-arg]
    """An admin page whose services may refuse."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show a refusal of the services as a sentence above the form."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except BurninError as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(request.get_full_path())


@admin.register(Host)
class HostAdmin(_RefusalsAreSentences):
    """Hosts are changed by the same services as everywhere: checked and audited."""

    form = HostForm
    list_display = ("name", "kind", "armed", "reachable", "stopped", "simulated", "last_polled_at", "error")
    list_filter = ("kind", "armed", "reachable", "stopped", "simulated")
    search_fields = ("name", "ssh_host", "api_url", "system")
    actions = None
    readonly_fields = STATE
    fieldsets = (
        (None, {"fields": ("name", "kind", "armed", "max_parallel", "simulated")}),
        ("TrueNAS", {"fields": ("api_url", "api_key", "verify_tls")}),
        ("SSH", {"fields": ("ssh_host", "ssh_port", "ssh_user", "ssh_password", "ssh_key", "ssh_key_passphrase")}),
        ("State", {"fields": STATE}),
    )

    @admin.display(description="pinned host key")
    def host_key_state(self, host: Host) -> str:
        """Say whether a key is pinned."""
        return "pinned" if host.host_key else "none: test the connection, compare the fingerprint, then trust it"

    def get_fieldsets(self, request: HttpRequest, obj: Host | None = None) -> Any:
        """Leave the secrets out for people who may only look; a new host has no state, and is armed later."""
        hidden: tuple[str, ...] = ("armed", *STATE) if obj is None else ()
        if not self.has_change_permission(request, obj):
            hidden = (*hidden, *SECRETS)
        shown = [
            (title, [name for name in options["fields"] if name not in hidden]) for title, options in self.fieldsets
        ]
        return [(title, {"fields": names}) for title, names in shown if names]

    def save_model(self, request: HttpRequest, obj: Host, form: HostForm, change: bool) -> None:  # noqa: FBT001  Django's
        """Have the services do it. The form's own row is not stored: its empty secrets would erase the real ones."""
        actor = cast(User, request.user)
        if change:
            stored = services.change_host(host=obj, values=form.values(), actor=actor)
        else:
            stored = services.add_host(values=form.values(), actor=actor)
        obj.pk = stored.pk

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Judge by the right to remove hosts alone: nobody may remove a drive by itself."""
        doomed, counts, _, protected = super().get_deleted_objects(objs, request)
        return doomed, counts, set(), protected

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show a refusal of the services as a sentence."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except BurninError as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect("../change/")

    def delete_model(self, request: HttpRequest, obj: Host) -> None:
        """Have the services do it."""
        services.remove_host(host=obj, actor=cast(User, request.user))


class DriveForm(forms.ModelForm):  # type: ignore[type-arg]
    """The labels of a drive. The place refuses by itself what cannot be seen; notes may have several lines."""

    notes = forms.CharField(required=False, widget=forms.Textarea, validators=[validate_text])


@admin.register(Drive)
class DriveAdmin(_RefusalsAreSentences, ReadOnlyAdmin):
    """Drives come from their hosts; people add where they are and what they noticed."""

    form = DriveForm

    list_display = ("serial", "devname", "host", "model", "size_bytes", "present", "smart_health", "location")
    list_filter = ("host", "present", "smart_health", "protocol")
    list_select_related = ("host",)
    search_fields = ("serial", "model", "devname", "location", "wwn")

    def has_change_permission(self, request: HttpRequest, obj: Drive | None = None) -> bool:
        """Whether this person may write labels."""
        return request.user.has_perm("drives.change_drive")

    def get_readonly_fields(self, request: HttpRequest, obj: Drive | None = None) -> tuple[str, ...]:
        """Return everything but the labels."""
        return tuple(field.name for field in Drive._meta.fields if field.name not in LABELS)  # noqa: SLF001  documented

    def save_model(self, request: HttpRequest, obj: Drive, form: Any, change: bool) -> None:  # noqa: FBT001  Django's
        """Have the service do it: numbered for the live table, and audited."""
        values = {name: form.cleaned_data[name] for name in LABELS}
        services.change_drive(drive=obj, actor=cast(User, request.user), **values)


@admin.register(SmartTest)
class SmartTestAdmin(ReadOnlyAdmin):
    list_display = ("drive", "test_type", "state", "percent", "started_at", "finished_at")
    list_filter = ("test_type", "state")
    search_fields = ("drive__serial", "drive__devname")

    def get_queryset(self, request: HttpRequest) -> QuerySet[SmartTest]:
        """Return the tests with their drives."""
        return super().get_queryset(request).select_related("drive")
