from django.urls import path

from jobs.api import drive_views, override_views, views

app_name = "jobs_api"
urlpatterns = [
    path("drives", drive_views.DrivesView.as_view(), name="drives"),
    path("drives/<row:pk>", drive_views.DriveView.as_view(), name="drive"),
    path("drives/<row:pk>/overrides", override_views.OverridesView.as_view(), name="overrides"),
    path("burnin", views.JobsView.as_view(), name="jobs"),
    path("burnin/start", views.StartView.as_view(), name="start"),
    path("burnin/confirm", views.ConfirmView.as_view(), name="confirm"),
    path("burnin/<row:pk>", views.JobView.as_view(), name="job"),
    path("burnin/<row:pk>/temperatures", views.TemperaturesView.as_view(), name="temperatures"),
    path("burnin/<row:pk>/cancel", views.CancelView.as_view(), name="cancel"),
    path("burnin/<row:pk>/pause", views.PauseView.as_view(), name="pause"),
    path("burnin/<row:pk>/continue", views.ContinueView.as_view(), name="continue"),
    path("burnin/<row:pk>/retry", views.RetryView.as_view(), name="retry"),
    path("burnin/<row:pk>/move", views.MoveView.as_view(), name="move"),
]
