"""The conversation with PubMed: topics, cursors, batches -> intake."""

from __future__ import annotations

from ketlit.sync.fetching import Progress, Summary
from ketlit.sync.run import Sync

__all__ = ["Progress", "Summary", "Sync"]
