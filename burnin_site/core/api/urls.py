from django.urls import path

from burnin_site.core.api import views

app_name = "accounts_api"
urlpatterns = [
    path("login", views.LoginView.as_view(), name="login"),
    path("logout", views.LogoutView.as_view(), name="logout"),
    path("token", views.TokenView.as_view(), name="token"),
]
