"""Pages of the board and of burn-ins."""

from django.urls import path

from jobs.views import board, cancel, interventions, job, override, retry, start

app_name = "jobs"
urlpatterns = [
    path("", board.board, name="board"),
    path("drives/<row:pk>/row", board.drive_row, name="drive_row"),
    path("drives/<row:pk>/override", override.override, name="override"),
    path("hosts/<row:pk>/group", board.host_group, name="host_group"),
    path("start", start.start, name="start"),
    path("start/plan", start.plan, name="plan"),
    path("cancel", cancel.cancel, name="cancel"),
    path("jobs/<row:pk>/", job.job_page, name="job"),
    path("jobs/<row:pk>/pause", interventions.pause, name="pause"),
    path("jobs/<row:pk>/continue", interventions.resume, name="continue"),
    path("jobs/<row:pk>/retry/ask", retry.ask, name="retry_ask"),
    path("jobs/<row:pk>/move", interventions.move, name="move"),
    path("jobs/<row:pk>/evidence", job.evidence, name="evidence"),
    path("jobs/<row:pk>/heat", job.heat, name="heat"),
    path("jobs/<row:pk>/log/<row:position>", job.stage_log, name="stage_log"),
]
