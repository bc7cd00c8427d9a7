from jobs.models.heartbeat import WorkerHeartbeat
from jobs.models.job import ACTIVE_STATES, BurninJob, JobState
from jobs.models.stage import BurninStage, StageState
from jobs.models.temperature import TemperatureSample

__all__ = [
    "ACTIVE_STATES",
    "BurninJob",
    "BurninStage",
    "JobState",
    "StageState",
    "TemperatureSample",
    "WorkerHeartbeat",
]
