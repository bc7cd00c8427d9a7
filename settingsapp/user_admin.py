"""People in the admin: an account has one role, instead of Django's groups and single permissions."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group, User
from django.db.models import QuerySet
from django.http import HttpRequest

from audit import actions
from audit import services as audit
from burnin_site.core.read_only_admin import ReadOnlyAdmin
from burnin_site.core.roles import GROUP_ROLES, Role, role_of
from burnin_site.core.tokens.services import end_tokens
from settingsapp import people

NO_ROLE = ("", "no access")
CHOICES = [NO_ROLE, *((name, name) for name in GROUP_ROLES)]


class _RoleField(forms.ChoiceField):
    """The choice of a role."""

    def __init__(self) -> None:
        super().__init__(choices=CHOICES, required=False, help_text="What this person may do here.")


class PersonAddForm(AdminUserCreationForm):  # type: ignore[type-arg]
    """A new account."""

    role = _RoleField()


class PersonForm(UserChangeForm):  # type: ignore[type-arg]
    """An account."""

    role = _RoleField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role = role_of(self.instance) if self.instance.pk else None
        if role is not None and role.label in GROUP_ROLES:
            self.initial["role"] = role.label


class PersonAdmin(UserAdmin):  # type: ignore[type-arg]
    """Accounts. Only a superadmin makes, changes or removes a superadmin."""

    form = PersonForm
    add_form = PersonAddForm
    list_display = ("username", "first_name", "last_name", "role", "is_active", "last_login")
    list_filter = ("groups", "is_active")
    filter_horizontal = ()
    actions = None
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email")}),
        ("Access", {"fields": ("role", "is_active", "is_superuser")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "role", "usable_password", "password1", "password2")}),)

    @admin.display(description="role")
    def role(self, user: User) -> str:
        """Return the role in words."""
        found = role_of(user)
        return found.label if found else NO_ROLE[1]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Return the accounts with their groups."""
        return super().get_queryset(request).prefetch_related("groups")

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Let nobody but a superadmin touch that flag."""
        return () if _is_superadmin(request) else ("is_superuser",)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Keep admins from changing a superadmin, and so from becoming one by its password."""
        return super().has_change_permission(request, obj) and _may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Keep admins from removing a superadmin."""
        return super().has_delete_permission(request, obj) and _may_touch(request, obj)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001  Django's
        """Store the account, its role, and who did it."""
        super().save_model(request, obj, form, change)
        actor = _actor(request)
        what = actions.USER_CHANGED if change else actions.USER_ADDED
        fields = sorted(name for name in form.changed_data if "password" not in name)
        audit.record(action=what, actor=actor, note=obj.username, data={"fields": fields})
        chosen = form.cleaned_data.get("role")
        if chosen is not None:
            people.set_role(user=obj, role=GROUP_ROLES.get(chosen), actor=actor)
        if not obj.is_active:
            end_tokens(obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001
        """Nothing else: the role was set with the account."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Name the accounts and count the rest: the names of their tokens are digests."""
        _doomed, counts, forbidden, protected = super().get_deleted_objects(objs, request)
        return [user.get_username() for user in objs], counts, forbidden, protected

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        """Remove the account; what it did stays in the audit under its name."""
        audit.record(action=actions.USER_REMOVED, actor=_actor(request), note=obj.username)
        super().delete_model(request, obj)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:
        """Set somebody's password, and write down that it was done."""
        answer = super().user_change_password(request, id, form_url)
        if request.method == "POST" and answer.status_code == 302:
            user = self.get_object(request, id)
            name = user.username if isinstance(user, User) else ""
            if isinstance(user, User):
                end_tokens(user)  # also when the password was not replaced but taken away
            audit.record(action=actions.USER_CHANGED, actor=_actor(request), note=name, data={"fields": ["password"]})
        return answer


class RoleGroupAdmin(ReadOnlyAdmin):
    """The groups behind the roles. Who is in which is said at the account."""

    list_display = ("name",)
    fields = ("name",)


def _is_superadmin(request: HttpRequest) -> bool:
    return role_of(request.user) is Role.SUPERADMIN


def _may_touch(request: HttpRequest, user: User | None) -> bool:
    return user is None or not user.is_superuser or _is_superadmin(request)


def _actor(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


admin.site.unregister(User)
admin.site.unregister(Group)
admin.site.register(User, PersonAdmin)
admin.site.register(Group, RoleGroupAdmin)
