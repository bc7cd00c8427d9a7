"""Tells of an accident in the log when it begins and when it is over, and not at each try in between."""

import logging

from burnin_site.core.outages import Outage, outage_of


class OutageLog:
    """The accidents of one loop. Threads may share it: at worst a sentence is told twice."""

    def __init__(self, logger: logging.Logger, who: str) -> None:
        self._logger = logger
        self._who = who
        self._told: Outage | None = None

    def met(self, error: BaseException) -> bool:
        """Say whether this error is an accident; tell of it unless it was told already."""
        outage = outage_of(error)
        if outage is not None and outage != self._told:
            self._logger.warning("%s waits: %s (%s)", self._who, outage.sentence, error)
            self._told = outage
        return outage is not None

    def over(self) -> None:
        """Note that a try went well."""
        if self._told is not None:
            self._told = None
            self._logger.warning("%s goes on: the accident is over.", self._who)
