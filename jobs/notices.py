"""Tells people outside how a burn-in ended: a mail and a webhook, as the settings say. Never fails a job."""

import logging
import smtplib
from dataclasses import dataclass
from typing import Any

from django.core.mail import EmailMessage, get_connection

from burnin_site.core.bounded import CHAT_CHARS, SENTENCE_CHARS, cut
from burnin_site.core.one_line import one_line
from jobs import dispatch, webhook
from jobs.models import BurninJob, JobState
from settingsapp import services as settings_services

logger = logging.getLogger(__name__)
PORTS = {"starttls": 587, "ssl": 465, "plain": 25}
TOLD = (JobState.PASSED, JobState.FAILED, JobState.UNKNOWN)
TIMEOUT_S = 15


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told of a job that ended."""

    subject: str
    payload: dict[str, Any]


def job_ended(job: BurninJob) -> None:
    """Have a worker tell about this job; nothing is sent from here."""
    if job.state in TOLD:
        dispatch.tell(job.pk)


def notice_of(job: BurninJob) -> Notice:
    """Return the words about a job, each name as one line: it becomes a header of the mail."""
    drive, serial, model = job.drive, one_line(job.serial), one_line(job.drive.model)
    simulated = " (simulated)" if job.simulated else ""
    subject = f"{job.get_state_display()}{simulated}: {model} {serial} on {one_line(drive.host.name)}"
    reason = one_line(cut(job.error_text, SENTENCE_CHARS))
    text = f"{subject}. {reason}".strip()
    return Notice(
        subject,
        {
            "event": f"burnin_{job.state}",
            "job_id": job.pk,
            "devname": one_line(drive.devname),
            "serial": serial,
            "model": model,
            "state": job.state,
            "operator": one_line(job.operator_name),
            "error_text": reason,
            "simulated": job.simulated,
            "text": text,
            "content": cut(text, CHAT_CHARS),
        },
    )


def send(job: BurninJob) -> None:
    """Send mail and webhook for a job that ended; each may fail without the other."""
    values, notice = settings_services.current(), notice_of(job)
    if values.webhook_url:
        webhook.post(values.webhook_url, notice.payload)
    wanted = values.smtp_alert_on_pass if job.state == JobState.PASSED else values.smtp_alert_on_fail
    if wanted and values.smtp_host and values.smtp_to:
        _mail(values, notice)


def _mail(values: settings_services.Settings, notice: Notice) -> None:
    mode = values.smtp_ssl_mode
    connection = get_connection(
        "django.core.mail.backends.smtp.EmailBackend",
        host=values.smtp_host,
        port=PORTS[mode],
        username=values.smtp_user,
        password=values.smtp_password,
        use_tls=mode == "starttls",
        use_ssl=mode == "ssl",
        timeout=TIMEOUT_S,
    )
    people = [one_line(word) for word in values.smtp_to.split(",") if word.strip()]
    sender = one_line(values.smtp_from or values.smtp_user)
    mail = EmailMessage(notice.subject, notice.payload["text"], sender, people, connection=connection)
    try:
        mail.send()
    except (OSError, smtplib.SMTPException, ValueError) as error:  # ValueError: an address that is none
        logger.warning("A mail could not be sent: %s", one_line(error))
