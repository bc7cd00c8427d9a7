from django.urls import path

from settingsapp.api import views

app_name = "settings_api"
urlpatterns = [
    path("tokens", views.TokensView.as_view(), name="tokens"),
    path("tokens/<row:pk>", views.TokenView.as_view(), name="token"),
]
