"""The program that works on a storage host: Python 3.7 and the standard library, nothing else."""

from __future__ import annotations

VERSION = "1"
