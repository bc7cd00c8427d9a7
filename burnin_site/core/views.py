"""Signing in, the first run, and signs of life."""

from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.views import LoginView
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.request import split_domain_port
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from burnin_site.core import first_admin, readiness
from burnin_site.core.forms import SetupForm
from burnin_site.core.outage_answers import answer
from burnin_site.core.own_names import is_own_name

MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


class Login(LoginView):
    """The login page; while nobody has an account, the way to the first-run page."""

    redirect_authenticated_user = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        if first_admin.nobody_yet():
            return redirect("setup")
        return super().get(request, *args, **kwargs)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    """Make the first admin, under a name that no other web site can take. Gone as soon as there is anybody."""
    if not first_admin.nobody_yet():
        raise Http404("The first run is over.")
    if not is_own_name(request):
        return render(request, "registration/setup_elsewhere.html", _other_names(request), status=403)
    form = SetupForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "registration/setup.html", {"form": form}, status=status)
    try:
        user = first_admin.create_first_admin(
            username=form.cleaned_data["username"], password=form.cleaned_data["password"]
        )
    except first_admin.SetupIsOver:
        return redirect("login")
    login(request, user, backend=MODEL_BACKEND)
    return redirect("jobs:board")


def _other_names(request: HttpRequest) -> dict[str, str]:
    """Return under which name the page was asked for, and what would do instead."""
    name, port = split_domain_port(request.get_host())
    return {
        "name": name,
        "allowed": ",".join([*settings.ALLOWED_HOSTS, name]),  # the star stays: without it all else is refused
        "scheme": request.scheme or "http",
        "port": f":{port}" if port else "",  # as the browser sees it: a container's own may be another
    }


@csrf_exempt  # it takes no form: whatever is sent here is told so, and not that the form is too old
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Say that the process answers. Asks nothing of the database."""
    return JsonResponse({"ok": True})


@csrf_exempt
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Say whether requests can be served: the database can be written and is up to date, and there is room left."""
    found = readiness.looker.look()
    if found.outage:
        return answer(request.path, found.outage, method=request.method or "")
    return JsonResponse({"ok": True, "warnings": list(found.warnings)})


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Send browsers that ask here, whatever the page says, to the mark."""
    return redirect(static("img/mark.svg"))


class NoSuchApi(APIView):
    """Whatever lies below /api/ and is not there."""

    authentication_classes = ()
    permission_classes = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse, whatever the method."""
        raise NotFound

    def get(self, request: Request, **_: object) -> Response:  # pragma: no cover  initial() never lets it through
        """Never reached."""
        raise NotFound
