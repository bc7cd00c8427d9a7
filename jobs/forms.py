"""What people send to start and to cancel burn-ins."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from burnin_site.core.api_input import BIGGEST_ID
from drives.hosts.program.reason import SOFT
from jobs.plans import LONG, SHORT, SURFACE, Plan, make_plan

TESTS = {"short": SHORT, "long": LONG, "surface": SURFACE}
MOST = 1000


class NumbersField(forms.Field):
    """Row numbers, as often as the name occurs."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[int]:
        """Return the numbers without repeats."""
        words = list(value or [])
        if len(words) > MOST or not all(word.isascii() and word.isdigit() and len(word) < 19 for word in words):
            raise forms.ValidationError("The list of rows cannot be read. Close this and choose again.")
        return list(dict.fromkeys(int(word) for word in words))


class ChosenTests(forms.Field):
    """The chosen tests in the order they are to run."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[str]:
        """Return known tests only."""
        words = list(value or [])
        if any(word not in TESTS for word in words):
            raise forms.ValidationError("A test is chosen that this version does not have. Reload the page.")
        return words


class StartForm(forms.Form):
    """Drives, tests in order, and what was typed to confirm."""

    drive = NumbersField(error_messages={"required": "Choose at least one drive."})
    test = ChosenTests(required=False)
    plan_name = forms.CharField(required=False, max_length=20)
    count = forms.CharField(required=False, max_length=10)
    word = forms.CharField(required=False, max_length=40)
    token = forms.CharField(required=False, max_length=200_000)

    def plan(self) -> Plan:
        """Return the chosen plan. Raises BadPlan."""
        return plan_of(self.cleaned_data["test"], self.cleaned_data["plan_name"])

    def typed_serials(self) -> dict[str, str]:
        """Return what was typed per drive: `serial-7` belongs to drive 7."""
        ids = self.cleaned_data["drive"]
        return {str(pk): str(self.data.get(f"serial-{pk}", ""))[:120] for pk in ids}

    def tokens(self) -> dict[str, str]:
        """Return the dialog's token for each drive; without one, a word that is none."""
        token = self.cleaned_data["token"] or "missing"
        return {str(pk): token for pk in self.cleaned_data["drive"]}


class OverrideForm(forms.Form):
    """What is to be overridden, for which drive, and why."""

    codes = forms.MultipleChoiceField(
        error_messages={"required": "Choose what may be erased.", "invalid_choice": "This can never be overridden."},
        choices=[(code, code) for code in sorted(SOFT)],
    )
    serial = forms.CharField(max_length=120, error_messages={"required": "Type the serial number."})
    reason = forms.CharField(max_length=500, error_messages={"required": "Give a reason: it stays in the audit."})


def plan_of(tests: Sequence[str], surface_plan: str = "") -> Plan:
    """Return the plan of these tests in this order, the surface tested in this way. Raises BadPlan."""
    return make_plan(
        run_surface="surface" in tests,
        run_short="short" in tests,
        run_long="long" in tests,
        stage_order=[TESTS[name] for name in tests] or None,
        plan=surface_plan or None,
    )


class CancelForm(forms.Form):
    """The burn-ins to stop."""

    job = NumbersField(error_messages={"required": "There is nothing to cancel."})


class RetryForm(forms.Form):
    """What confirms once more that a drive may be erased."""

    serial = forms.CharField(required=False, max_length=100)
    token = forms.CharField(required=False, max_length=200_000)


class MoveForm(forms.Form):
    """Where a burn-in is to go on."""

    drive = forms.IntegerField(min_value=1, max_value=BIGGEST_ID, error_messages={"required": "No host was chosen."})
    serial = forms.CharField(required=False, max_length=100)


def read_numbers(query: QueryDict, name: str) -> list[int]:
    """Return the row numbers of an address, and nothing for what is none."""
    try:
        numbers: list[int] = NumbersField(required=False).clean(query.getlist(name))
    except forms.ValidationError:
        return []
    return numbers


def sentences(form: forms.Form) -> str:
    """Return what is wrong with a form, in one line."""
    return " ".join(str(error) for errors in form.errors.values() for error in errors)
