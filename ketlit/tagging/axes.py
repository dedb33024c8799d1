"""The axes by plain names: to ask an enumeration for a member takes as long as a call, and the rules ask often."""

from __future__ import annotations

from typing import Final

from ketlit.vocabulary import Axis

CONDITIONS: Final = Axis.CONDITION
DRUGS: Final = Axis.DRUG
ROUTES: Final = Axis.ROUTE
OUTCOMES: Final = Axis.OUTCOME
MEASURES: Final = Axis.OUTCOME_MEASURE
HARMS: Final = Axis.ADVERSE_EFFECT
DESIGNS: Final = Axis.DESIGN
COMPARATORS: Final = Axis.COMPARATOR
POPULATIONS: Final = Axis.POPULATION
CONTEXTS: Final = Axis.CONTEXT
PARTICIPANTS: Final = Axis.PARTICIPANTS
DIRECTIONS: Final = Axis.DIRECTION
