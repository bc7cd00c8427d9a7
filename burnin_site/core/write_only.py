"""Form fields for secrets: they take a new value and never show the old one."""

from typing import Any

from django import forms


class WriteOnlyTextarea(forms.Textarea):
    """A text area that is always empty."""

    def format_value(self, value: Any) -> None:
        """Show nothing."""
        return


def secret_field(*, is_set: bool, multiline: bool = False, help_text: str = "") -> forms.CharField:
    """Return the field of a secret; left empty, the secret stays as it is."""
    state = "Set. Leave empty to keep it." if is_set else "Not set."
    attrs = {"autocomplete": "new-password"}
    widget: forms.Widget = forms.PasswordInput(attrs, render_value=False)
    if multiline:
        widget = WriteOnlyTextarea({**attrs, "rows": 4})
    return forms.CharField(required=False, strip=False, widget=widget, help_text=f"{help_text} {state}".strip())
