"""What can be done, as dotted verbs in the past tense. A verb that was ever written stays here."""

from typing import Final

JOB_STARTED: Final = "job.started"
JOB_CANCELLED: Final = "job.cancelled"
JOB_FINISHED: Final = "job.finished"
JOB_RECOVERED: Final = "job.recovered"
JOB_STUCK: Final = "job.stuck"
JOB_PAUSED_FOR_HEAT: Final = "job.paused_for_heat"
JOB_COOLED: Final = "job.cooled"
JOB_PAUSED: Final = "job.paused"
JOB_CONTINUED: Final = "job.continued"
JOB_RETRIED: Final = "job.retried"
JOB_MOVED: Final = "job.moved"

HOST_ADDED: Final = "host.added"
HOST_CHANGED: Final = "host.changed"
HOST_REMOVED: Final = "host.removed"
HOST_ARMED: Final = "host.armed"
HOST_DISARMED: Final = "host.disarmed"
HOST_KEY_TRUSTED: Final = "host.key_trusted"
HOST_KEY_FORGOTTEN: Final = "host.key_forgotten"
HOST_REFRESH_REQUESTED: Final = "host.refresh_requested"
HOST_STOPPED: Final = "host.stopped"

DRIVE_CHANGED: Final = "drive.changed"
DRIVE_OVERRIDDEN: Final = "drive.overridden"
DRIVE_TEST_STARTED: Final = "drive.test_started"
DRIVE_TEST_CANCELLED: Final = "drive.test_cancelled"

SETTINGS_CHANGED: Final = "settings.changed"
SECRETS_FORGOTTEN: Final = "secrets.forgotten"

USER_SIGNED_IN: Final = "user.signed_in"
USER_SIGNED_OUT: Final = "user.signed_out"
USER_SIGN_IN_FAILED: Final = "user.sign_in_failed"
USER_LOCKED_OUT: Final = "user.locked_out"
USER_ADDED: Final = "user.added"
USER_CHANGED: Final = "user.changed"
USER_REMOVED: Final = "user.removed"
USER_ROLE_CHANGED: Final = "user.role_changed"
USER_TOKEN_MADE: Final = "user.token_made"  # noqa: S105  a verb
USER_TOKEN_ENDED: Final = "user.token_ended"  # noqa: S105  a verb

ALL: Final = frozenset(value for name, value in globals().copy().items() if name.isupper() and isinstance(value, str))
