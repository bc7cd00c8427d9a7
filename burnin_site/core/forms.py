"""The form of the first run."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator

from burnin_site.core.name_fields import validate_line


class SetupForm(forms.Form):
    """Name and password of the first admin."""

    username = forms.CharField(
        max_length=150,
        validators=[validate_line, UnicodeUsernameValidator()],
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "username"}),
    )
    password = forms.CharField(widget=forms.PasswordInput, strip=False)
    password_again = forms.CharField(label="Password again", widget=forms.PasswordInput, strip=False)

    def clean(self) -> dict[str, Any]:
        """Check the password as every later one will be checked."""
        values = super().clean() or {}
        password = values.get("password")
        if password and password != values.get("password_again"):
            self.add_error("password_again", "The two passwords are not the same.")
        elif password:
            try:
                validate_password(password, User(username=values.get("username", "")))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return values
