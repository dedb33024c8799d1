"""What holds of the judgements of a study: the last of each person, and the one overall that RoB 2 has follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple, Protocol

from ketlit.vocabulary import JUDGED, Rob2Domain, Rob2Judgement, Scheme


class Judged(Protocol):
    """A judgement, from the library or from a record; fields as in `record.Judgement`."""

    @property
    def scheme(self) -> str: ...
    @property
    def outcome(self) -> str: ...
    @property
    def domain(self) -> str: ...
    @property
    def judgement(self) -> str: ...
    @property
    def why(self) -> str: ...
    @property
    def by(self) -> str: ...
    @property
    def at(self) -> str: ...


class Opinion(NamedTuple):
    """What one person judges a study to be in one scheme, on one outcome ("" = the study's main result).

    `last` holds, by domain in the scheme's order; `earlier` are those that it replaced, oldest first. `overall` is ""
    where it does not follow; `computed` says that it follows from the domains and is not the person's own.
    """

    by: str
    scheme: str
    outcome: str
    last: dict[str, Judged]
    earlier: list[Judged]
    overall: str
    computed: bool

    @property
    def at(self) -> str:
        """When the person judged last."""
        return max(one.at for one in self.last.values())

    @property
    def unsettled(self) -> bool:
        """Whether several domains raise some concerns, which only a person can weigh as high together."""
        concerns = [one for one in self.last.values() if one.judgement == Rob2Judgement.SOME_CONCERNS]
        return self.computed and self.overall == Rob2Judgement.SOME_CONCERNS and len(concerns) > 1


FIVE: Final = tuple(domain for domain in Rob2Domain if domain is not Rob2Domain.OVERALL)


def opinions(judgements: Iterable[Judged]) -> list[Opinion]:
    """The opinions on one study, RoB 2 first, then by who judged first; `judgements` are oldest first.

    Names that differ in capitals alone are one person's. GRADE has no overall but the certainty that a person says.
    """
    grouped: dict[tuple[str, str, str], list[Judged]] = {}
    for one in judgements:
        grouped.setdefault((one.scheme, one.outcome, one.by.casefold()), []).append(one)
    order = [str(scheme) for scheme in Scheme]
    return [
        _opinion(scheme, outcome, given)
        for (scheme, outcome, _), given in sorted(grouped.items(), key=lambda pair: order.index(pair[0][0]))
    ]


def _opinion(scheme: str, outcome: str, given: list[Judged]) -> Opinion:
    found = {one.domain: one for one in given}
    last = {domain: found[domain] for domain in JUDGED[Scheme(scheme)] if domain in found}
    earlier = [one for one in given if found[one.domain] is not one]
    own = last.get("certainty" if scheme == Scheme.GRADE else Rob2Domain.OVERALL)
    if own is not None:
        return Opinion(given[-1].by, scheme, outcome, last, earlier, own.judgement, False)
    follows = rob2_overall({domain: one.judgement for domain, one in last.items()}) if scheme == Scheme.ROB2 else ""
    return Opinion(given[-1].by, scheme, outcome, last, earlier, follows, bool(follows))


def rob2_overall(domains: Mapping[str, str]) -> str:
    """The overall risk of bias that follows from judgements by domain; "" while one that could decide is missing.

    Low if all five are low, high if any is high, else some concerns (Sterne and others 2019, BMJ 366:l4898, table 1).
    That concerns in several domains can make it high is a person's judgement, never computed.
    """
    given = [domains.get(domain, "") for domain in FIVE]
    if Rob2Judgement.HIGH in given:
        return Rob2Judgement.HIGH
    if "" in given:
        return ""
    return Rob2Judgement.SOME_CONCERNS if Rob2Judgement.SOME_CONCERNS in given else Rob2Judgement.LOW
