"""smartctl -t and -X."""

from mock_truenas.tools.smart_parts import Reading
from mock_truenas.world import selftests
from mock_truenas.world.catalog import Drive
from mock_truenas.world.place import Place
from mock_truenas.world.selftests import SelfTestRefused

COMMAND_FAILED = 4
BAD_COMMAND_LINE = 1
SECTION = "=== START OF OFFLINE IMMEDIATE AND SELF-TEST SECTION ===\n"
RUNNING = (
    "Can't start self-test without aborting current test ({percent}% remaining),\n"
    "add '-t force' option to override, or run 'smartctl -X' to abort test.\n"
)
ROUTINES = {"short": "Short", "long": "Extended", "conveyance": "Conveyance"}


def start(place: Place, drive: Drive, kind: str, reading: Reading) -> None:
    """Start a self-test, unless one is running."""
    if kind not in selftests.kinds_of(drive):
        text = f"=======> INVALID ARGUMENT TO -t: {kind}"
        reading.text += text + "\n"
        reading.messages.append(text)
        reading.exit_status |= BAD_COMMAND_LINE
        return
    try:
        selftests.start(place, drive.name, kind)
    except SelfTestRefused as refused:
        reading.exit_status |= COMMAND_FAILED
        section = "" if drive.is_sas else SECTION
        reading.text += section + RUNNING.format(percent=refused.remaining_percent)
        return
    reading.text += _begun_sas(kind) if drive.is_sas else _begun_ata(place, kind)


def abort(place: Place, drive: Drive, reading: Reading) -> None:
    """Abort whatever self-test is running."""
    selftests.abort(place, drive.name)
    if drive.is_sas:
        reading.text += "Self Test returned without error\n"
    else:
        command = "Abort SMART off-line mode self-test routine"
        reading.text += f'{SECTION}Sending command: "{command}".\nSelf-testing aborted!\n'


def _begun_ata(place: Place, kind: str) -> str:
    command = f"Execute SMART {ROUTINES[kind]} self-test routine immediately in off-line mode"
    minutes = selftests.polling_minutes(place, kind)
    return (
        f'{SECTION}Sending command: "{command}".\nDrive command "{command}" successful.\n'
        f"Testing has begun.\nPlease wait {minutes} minutes for test to complete.\n"
        "Use smartctl -X to abort test.\n"
    )


def _begun_sas(kind: str) -> str:
    return f"{ROUTINES[kind]} Background Self Test has begun\nUse smartctl -X to abort test\n"
