"""What other packages put into the admin, narrowed: no tasks on a timer, no tokens by hand, no digests."""

from datetime import datetime
from typing import Any

from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from knox.models import AuthToken

from audit import actions
from audit import services as audit
from burnin_site.core.read_only_admin import ReadOnlyAdmin
from burnin_site.core.tokens.models import UNNAMED

# A schedule runs any Python function by its name: more than any person may do here.
admin.site.unregister(apps.get_model("django_q", "Schedule"))
admin.site.unregister(AuthToken)


@admin.register(AuthToken)
class TokenAdmin(ReadOnlyAdmin):
    """Whose tokens there are, when they were used last, and a way to throw them away.

    They are made by signing in at /api/auth/token, and at /api/v1/tokens.

    A token is known here by its first letters: its primary key is its digest, which is nobody's business.
    """

    list_display = ("token_key", "name", "user", "created", "expiry", "last_used")
    list_display_links = None
    list_select_related = ("user", "label")
    search_fields = ("token_key", "user__username", "label__name")
    fields = ("user", "created", "expiry")
    actions = ("throw_away",)

    @admin.display(description="name", ordering="label__name")
    def name(self, token: AuthToken) -> str:
        """Return what its owner calls it."""
        return token.label.name if hasattr(token, "label") else UNNAMED

    @admin.display(description="last used", ordering="label__last_used_at")
    def last_used(self, token: AuthToken) -> datetime | None:
        """Return when it was used last, to the minute."""
        return token.label.last_used_at if hasattr(token, "label") else None

    def has_delete_permission(self, request: HttpRequest, obj: AuthToken | None = None) -> bool:
        """Whether this person may throw tokens away."""
        return request.user.has_perm("knox.delete_authtoken")

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Return ours alone: Django's page that asks again would show the digests."""
        return {name: action for name, action in super().get_actions(request).items() if name == "throw_away"}

    @admin.display(description="")
    def action_checkbox(self, obj: AuthToken) -> SafeString:
        """Return the box that chooses a token, without its digest."""
        box = '<input type="checkbox" name="{}" value="{}" class="action-select" aria-label="Choose token {}">'
        return format_html(box, ACTION_CHECKBOX_NAME, obj.token_key, obj.token_key)

    @admin.action(description="Throw away the chosen tokens", permissions=["delete"])
    def throw_away(self, request: HttpRequest, queryset: QuerySet[AuthToken]) -> None:
        """Throw tokens away, and write down whose they were."""
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        tokens = queryset
        if request.POST.get("select_across", "0") != "1":
            tokens = self.get_queryset(request).filter(token_key__in=chosen)
        actor = request.user if isinstance(request.user, User) else None
        for token in tokens.select_related("user"):
            token.delete()
            audit.record(action=actions.USER_CHANGED, actor=actor, note=token.user.username, data={"fields": ["token"]})
        messages.info(request, "The chosen tokens open nothing any more.")
