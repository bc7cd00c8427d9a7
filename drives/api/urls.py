from django.urls import path

from drives.api import views

app_name = "drives_api"
urlpatterns = [
    path("hosts", views.HostsView.as_view(), name="hosts"),
    path("hosts/<int:pk>", views.HostView.as_view(), name="host"),
    path("hosts/<int:pk>/test-ssh", views.SshTestView.as_view(), name="test_ssh"),
    path("hosts/<int:pk>/trust-host-key", views.HostKeyView.as_view(), name="trust_host_key"),
    path("hosts/<int:pk>/refresh", views.RefreshView.as_view(), name="refresh"),
]
