"""The fifteen drives of the pretend host, the same at every start."""

from hashlib import sha256
from typing import NamedTuple

SERIAL_LETTERS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class Model(NamedTuple):
    """A kind of drive: what a data sheet says about it."""

    name: str
    family: str
    vendor: str
    size_bytes: int
    rpm: int
    firmware: str
    oui: int
    serial_prefix: str
    serial_length: int
    protocol: str = "ATA"
    fails: bool = False


class Drive(NamedTuple):
    """One drive in one bay."""

    name: str
    number: int
    model: Model
    serial: str
    wwn: int

    @property
    def sectors(self) -> int:
        """Size in sectors of 512 bytes."""
        return self.model.size_bytes // 512

    @property
    def lunid(self) -> str:
        """The WWN as sixteen hexadecimal digits."""
        return f"{self.wwn:016x}"

    @property
    def identifier(self) -> str:
        """The name TrueNAS gives the drive in its API."""
        return f"{{serial_lunid}}{self.serial}_{self.lunid}"

    @property
    def is_sas(self) -> bool:
        """Whether the drive speaks SCSI rather than ATA."""
        return self.model.protocol == "SCSI"


TB4 = 4_000_787_030_016
TB6 = 6_001_175_126_016
TB8 = 8_001_563_222_016
TB10 = 10_000_831_348_736
TB12 = 12_000_138_625_024
TB16 = 16_000_900_661_248
SEAGATE, WDC, HGST, TOSHIBA = 0x000C50, 0x0014EE, 0x000CCA, 0x000039

EXOS12 = Model("ST12000NM0008", "Seagate Exos X14", "Seagate", TB12, 7200, "SN03", SEAGATE, "ZHZ", 8)
RED8 = Model("WD80EFAX", "Western Digital Red", "WDC", TB8, 5400, "83.H0A83", WDC, "VAG", 8)
EXOS16 = Model("ST16000NM001G", "Seagate Exos X16", "Seagate", TB16, 7200, "SN03", SEAGATE, "ZL2", 8)
IRONWOLF4 = Model("ST4000VN008", "Seagate IronWolf", "Seagate", TB4, 5980, "SC60", SEAGATE, "ZDH", 8)
ENTERPRISE10 = Model("MG06ACA10TE", "Toshiba MG06ACA", "TOSHIBA", TB10, 7200, "4303", TOSHIBA, "60X0A", 12)
ULTRASTAR_SAS = Model("HUS728T8TAL5200", "HGST Ultrastar", "HGST", TB8, 7200, "C680", HGST, "VJG", 8, "SCSI")
FAILING = Model("FAIL001", "Mock failing drive", "MOCK", TB4, 7200, "0001", WDC, "FAIL", 8, fails=True)
BARRACUDA6 = Model("ST6000DM003", "Seagate BarraCuda", "Seagate", TB6, 5425, "0001", SEAGATE, "ZCT", 8)

BAYS = (
    *(EXOS12,) * 3,
    *(RED8,) * 3,
    *(EXOS16,) * 2,
    *(IRONWOLF4,) * 2,
    *(ENTERPRISE10,) * 2,
    ULTRASTAR_SAS,
    FAILING,
    BARRACUDA6,
)
LARGEST_BYTES = max(model.size_bytes for model in BAYS)
LOGICAL_BLOCK = 512
PHYSICAL_BLOCK = 4096


def drives_of(hostname: str) -> dict[str, Drive]:
    """Give the drives of the host of that name. Two host names share no serial number."""
    return {f"sd{chr(97 + n)}": _drive(hostname, n, model) for n, model in enumerate(BAYS)}


def major_minor(drive: Drive) -> str:
    """Give the device number as the kernel writes it."""
    return f"8:{drive.number * 16}"


def mount_point(drive: Drive) -> str:
    """Give where the drive is mounted when somebody ordered the fault `mounted`."""
    return f"/mnt/{drive.name}"


def _drive(hostname: str, number: int, model: Model) -> Drive:
    digest = sha256(f"{hostname}/{number}".encode()).digest()
    letters = "".join(SERIAL_LETTERS[byte % len(SERIAL_LETTERS)] for byte in digest)
    serial = model.serial_prefix + letters[: model.serial_length - len(model.serial_prefix)]
    unit = int.from_bytes(digest[-4:], "big") << 4 | number
    return Drive(
        name=f"sd{chr(97 + number)}",
        number=number,
        model=model,
        serial=serial,
        wwn=0x5 << 60 | model.oui << 36 | unit & 0xFFFFFFFFF,
    )
