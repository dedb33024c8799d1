"""Doses of ketamine as printed: value, unit, duration, number, interval."""
from __future__ import annotations
from ketlit.record import Dose
from ketlit.tagging.candidates import Scan
from ketlit.tagging.document import Document
def doses(document: Document, scan: Scan) -> list[Dose]:
    return []
