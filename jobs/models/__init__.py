from jobs.models.heartbeat import WorkerHeartbeat
from jobs.models.job import ACTIVE_STATES, BurninJob, JobState
from jobs.models.override import Override
from jobs.models.stage import BurninStage, StageState
from jobs.models.temperature import TemperatureSample
from jobs.models.wipe_token import WipeToken

__all__ = [
    "ACTIVE_STATES",
    "BurninJob",
    "BurninStage",
    "JobState",
    "Override",
    "StageState",
    "TemperatureSample",
    "WipeToken",
    "WorkerHeartbeat",
]
