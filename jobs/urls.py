"""Pages of the board and of burn-ins."""

from django.urls import path

from jobs.views import board, cancel, interventions, job, override, start

app_name = "jobs"
urlpatterns = [
    path("", board.board, name="board"),
    path("drives/<int:pk>/row", board.drive_row, name="drive_row"),
    path("drives/<int:pk>/override", override.override, name="override"),
    path("hosts/<int:pk>/group", board.host_group, name="host_group"),
    path("start", start.start, name="start"),
    path("start/plan", start.plan, name="plan"),
    path("cancel", cancel.cancel, name="cancel"),
    path("jobs/<int:pk>/", job.job_page, name="job"),
    path("jobs/<int:pk>/pause", interventions.pause, name="pause"),
    path("jobs/<int:pk>/continue", interventions.resume, name="continue"),
    path("jobs/<int:pk>/retry", interventions.retry, name="retry"),
    path("jobs/<int:pk>/move", interventions.move, name="move"),
    path("jobs/<int:pk>/evidence", job.evidence, name="evidence"),
    path("jobs/<int:pk>/heat", job.heat, name="heat"),
    path("jobs/<int:pk>/log/<int:position>", job.stage_log, name="stage_log"),
]
