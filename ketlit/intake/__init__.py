"""Records of any source -> tags -> library: `plan` decides (pure), `apply` does; the seed; what people write."""

from __future__ import annotations

from ketlit.intake.seed import load_seed

__all__ = ["load_seed"]
