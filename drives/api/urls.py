from django.urls import path

from drives.api import views

app_name = "drives_api"
urlpatterns = [
    path("hosts", views.HostsView.as_view(), name="hosts"),
    path("hosts/<row:pk>", views.HostView.as_view(), name="host"),
    path("hosts/<row:pk>/test-ssh", views.SshTestView.as_view(), name="test_ssh"),
    path("hosts/<row:pk>/trust-host-key", views.HostKeyView.as_view(), name="trust_host_key"),
    path("hosts/<row:pk>/refresh", views.RefreshView.as_view(), name="refresh"),
]
