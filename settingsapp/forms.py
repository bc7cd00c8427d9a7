"""One form for all settings, made from their declarations."""

from collections.abc import Callable, Iterator
from typing import Any

from django import forms
from django.contrib.auth.models import User

from burnin_site.core.write_only import secret_field
from settingsapp import readers, services
from settingsapp.registry import DECLARED, Declared

CLEAR = "clear_"


def _text(declared: Declared, now: Any) -> forms.Field:
    return forms.CharField(initial=now, required=False)


def _number(declared: Declared, now: Any) -> forms.Field:
    return forms.CharField(initial=now, widget=forms.NumberInput)


def _switch(declared: Declared, now: Any) -> forms.Field:
    return forms.BooleanField(initial=now, required=False)


def _choice(declared: Declared, now: Any) -> forms.Field:
    return forms.ChoiceField(initial=now, choices=declared.choices)


def _secret(declared: Declared, now: Any) -> forms.Field:
    return secret_field(is_set=bool(now), help_text=declared.help)


FIELDS: dict[str, Callable[[Declared, Any], forms.Field]] = {
    "text": _text,
    "number": _number,
    "switch": _switch,
    "choice": _choice,
    "secret_text": _secret,
}


class SettingsForm(forms.Form):
    """All settings, with what they are now. A secret left empty stays; a box beside it clears it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = services.current()
        for declared in DECLARED:
            value = getattr(now, declared.key)
            field = FIELDS[declared.kind](declared, value)
            field.label = declared.label
            field.help_text = field.help_text or declared.help
            self.fields[declared.key] = field
            if declared.secret and value:
                self.fields[CLEAR + declared.key] = forms.BooleanField(required=False, label=f"Clear: {declared.label}")

    def groups(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        """Yield each group's name with its fields."""
        for group in dict.fromkeys(declared.group for declared in DECLARED):
            keys = [declared.key for declared in DECLARED if declared.group == group]
            names = [name for key in keys for name in (key, CLEAR + key) if name in self.fields]
            yield group, [self[name] for name in names]

    def save(self, *, actor: User) -> bool:
        """Store what was changed; where something cannot be so, show the sentence at its field and return False."""
        texts = {declared.key: text for declared in DECLARED if (text := self._typed(declared)) is not None}
        try:
            services.change_several(texts=texts, actor=actor)
        except services.BadSetting as problem:
            for key, sentence in problem.detail.items():
                self.add_error(key, sentence)
            return False
        return True

    def _typed(self, declared: Declared) -> str | None:
        """Return the text to set, or None to leave the setting alone."""
        if self.cleaned_data.get(CLEAR + declared.key):
            return ""
        if declared.secret:
            return self.cleaned_data[declared.key] or None
        if declared.key not in self.changed_data:
            return None  # somebody else may have changed it since this page was opened
        return readers.to_text(self.cleaned_data[declared.key])
