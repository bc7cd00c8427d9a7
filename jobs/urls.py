"""Pages of the board and of burn-ins."""

from django.urls import path

from jobs.views import board, cancel, job, override, start

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
    path("jobs/<int:pk>/evidence", job.evidence, name="evidence"),
    path("jobs/<int:pk>/log/<int:position>", job.stage_log, name="stage_log"),
]
