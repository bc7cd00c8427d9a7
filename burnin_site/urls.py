"""Mounts the apps."""

from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.urls import URLPattern, URLResolver, include, path, re_path, register_converter

from burnin_site.core import views
from burnin_site.core.paths import RowNumber

admin.site.site_header = admin.site.site_title = "Burn-In Bench"
admin.site.index_title = "Administration"

handler400 = "burnin_site.core.refusal_pages.bad_request"
handler403 = "burnin_site.core.refusal_pages.forbidden"
handler404 = "burnin_site.core.refusal_pages.not_found"
handler500 = "burnin_site.core.refusal_pages.server_error"

register_converter(RowNumber, "row")  # before the apps' routes are read

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("login", views.Login.as_view(), name="login"),
    path("logout", LogoutView.as_view(), name="logout"),
    path("setup", views.setup, name="setup"),
    path("api/auth/", include("burnin_site.core.api.urls")),
    path("api/v1/", include("settingsapp.api.urls")),
    path("api/v1/", include("drives.api.urls")),
    path("api/v1/", include("jobs.api.urls")),
    re_path(r"^api/", views.NoSuchApi.as_view()),
    path("admin/", admin.site.urls),
    path("", include("jobs.urls")),
]
