from drives.models.drive import Drive
from drives.models.host import Host, HostKind
from drives.models.smart_test import SmartTest, SmartTestKind, SmartTestState

__all__ = ["Drive", "Host", "HostKind", "SmartTest", "SmartTestKind", "SmartTestState"]
