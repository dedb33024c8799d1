"""The taxonomy as the library holds it: which terms there are, what they are called, which lie below which."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ketlit.errors import UsageError
from ketlit.store.connect import Rows
from ketlit.store.search_index import fold

TERMS = "SELECT axis, term, label, position, flag, prints_as FROM term ORDER BY axis, position, term"
PARENTS = "SELECT axis, term, parent FROM term_parent ORDER BY axis, term, parent"
NAMED = "SELECT folded, axis, term, kind, ambiguous FROM synonym WHERE folded IN ({}) ORDER BY folded, axis, term"
NAMES_OF = "SELECT folded, ambiguous FROM synonym WHERE {} ORDER BY axis, term, folded"
CATCH_ALL = "SELECT value FROM library WHERE name = 'catch_all'"  # axis:term, blanks between
NOISE = 0.15  # of likeness, 0 to 1
ALL_NAMES = "SELECT folded, axis, term, text, kind, ambiguous FROM synonym ORDER BY folded, axis, term"
# an id says more surely what was meant than a label, a label more than an abbreviation
_STRENGTH = {"id": 0, "label": 1, "synonym": 2, "abbreviation": 3}
# terms that name what is left over; as words they mean themselves
LEFT_OVER = frozenset({"other", "any", "none"})


class Term:
    """An entry of the taxonomy. `printed` is the id that is shown and filtered in its place."""

    __slots__ = ("flag", "label", "position", "printed")

    def __init__(self, label: str, position: int, flag: bool, printed: str) -> None:
        self.label = label
        self.position = position
        self.flag = flag
        self.printed = printed


class Name:
    """A name that was found: of which term, of what kind, and whether it needs its long form to count."""

    __slots__ = ("ambiguous", "axis", "kind", "term")

    def __init__(self, axis: str, term: str, kind: str, ambiguous: bool) -> None:
        self.axis = axis
        self.term = term
        self.kind = kind
        self.ambiguous = ambiguous


class Terms:
    """All terms of a library, in memory: some hundreds, read in one go (below 1 ms)."""

    def __init__(self, db: Rows) -> None:
        self._db = db
        self.by_axis: dict[str, dict[str, Term]] = {}
        self._parents: dict[tuple[str, str], list[str]] = {}
        self._children: dict[tuple[str, str], list[str]] = {}
        for axis, term, label, position, flag, prints_as in db.rows(TERMS):
            self.by_axis.setdefault(axis, {})[term] = Term(label, position, bool(flag), prints_as or term)
            if prints_as:
                self._link(axis, term, prints_as)
        for axis, term, parent in db.rows(PARENTS):
            self._link(axis, term, parent)
        self._above: dict[tuple[str, str], frozenset[str]] = {}
        self._owners: dict[str, dict[str, list[tuple[str, str]]]] = {}
        self._catch_all: frozenset[str] | None = None

    def _link(self, axis: str, term: str, parent: str) -> None:
        self._parents.setdefault((axis, term), []).append(parent)
        self._children.setdefault((axis, parent), []).append(term)

    def get(self, axis: str, term: str) -> Term | None:
        return self.by_axis.get(axis, {}).get(term)

    def catches_all(self, axis: str, term: str) -> bool:
        """Whether a term gathers unlike things, so that a word which names it does not mean all of it."""
        if self._catch_all is None:
            self._catch_all = frozenset(" ".join(value for (value,) in self._db.rows(CATCH_ALL)).split())
        return f"{axis}:{term}" in self._catch_all

    def label(self, axis: str, term: str) -> str:
        found = self.get(axis, term)
        return found.label if found else term

    def printed(self, axis: str, term: str) -> str:
        """The id that stands for `term` in lists; a term that the taxonomy does not know stands for itself."""
        found = self.get(axis, term)
        return found.printed if found else term

    def below(self, axis: str, term: str) -> set[str]:
        """`term` and all that lies below it, what prints as one of them included."""
        return _reach(self._children, axis, term)

    def above(self, axis: str, term: str) -> frozenset[str]:
        """`term` and all that it lies below."""
        found = self._above.get((axis, term))
        if found is None:
            found = self._above[axis, term] = frozenset(_reach(self._parents, axis, term))
        return found

    def parents(self, axis: str, term: str) -> list[str]:
        """The printed parents of a printed term, in the taxonomy's order."""
        found = {self.printed(axis, parent) for parent in self._parents.get((axis, term), ())} - {term}
        return sorted(found, key=lambda parent: self._place(axis, parent))

    def depth(self, axis: str, term: str) -> int:
        return len(self.above(axis, term)) - 1

    def _place(self, axis: str, term: str) -> tuple[int, str]:
        found = self.get(axis, term)
        return (found.position if found else 1 << 30, term)

    def specific(self, axis: str, terms: Iterable[str]) -> list[str]:
        """The printed ids of a study's terms: the most specific only, deepest first, then as the taxonomy has them."""
        printed = {self.printed(axis, term) for term in terms}
        if len(printed) < 2:
            return list(printed)
        general = {up for term in printed for up in self.above(axis, term) if up != term}
        return sorted(printed - general, key=lambda term: (-self.depth(axis, term), *self._place(axis, term)))

    def tree(self, axis: str) -> list[tuple[str, int]]:
        """The printed terms of an axis in the taxonomy's order, each once below its first parent, with its depth."""
        printed = [term for term, entry in self.by_axis.get(axis, {}).items() if entry.printed == term]
        below: dict[str, list[str]] = {}
        for term in printed:
            parents = [parent for parent in self.parents(axis, term) if parent in self.by_axis[axis]]
            below.setdefault(parents[0] if parents else "", []).append(term)
        found: list[tuple[str, int]] = []
        waiting = [(term, 0) for term in reversed(below.get("", []))]
        while waiting:
            term, depth = waiting.pop()
            found.append((term, depth))
            waiting += [(child, depth + 1) for child in reversed(below.get(term, []))]
        return found

    def named(self, names: Sequence[str]) -> dict[str, list[Name]]:
        """The terms, by folded name, that one of the folded `names` names."""
        found: dict[str, list[Name]] = {}
        for start in range(0, len(names), 500):
            params = {f"n{place}": name for place, name in enumerate(names[start : start + 500])}
            sql = NAMED.format(", ".join(f":{place}" for place in params))
            for folded, axis, term, kind, ambiguous in self._db.rows(sql, params):
                found.setdefault(folded, []).append(Name(axis, term, kind, bool(ambiguous)))
        return found

    def names_of(self, terms: Sequence[tuple[str, str]]) -> list[str]:
        """The folded names in words of these (axis, term), without abbreviations that are ambiguous."""
        params: dict[str, str] = {}
        for place, (axis, term) in enumerate(terms):
            params |= {f"a{place}": axis, f"t{place}": term}
        where = " OR ".join(f"(axis = :a{place} AND term = :t{place})" for place in range(len(terms)))
        rows = self._db.rows(NAMES_OF.format(where), params)
        return [folded for folded, ambiguous in rows if not ambiguous]

    def resolve(self, axis: str, typed: str) -> list[str]:
        """The printed terms of `axis` that `typed` names by id, label, synonym or abbreviation.

        Raises UsageError, with the nearest valid ones, where there is none.
        """
        folded = fold(typed)
        there = self.by_axis.get(axis, {})
        known = [term for term in there if fold(term) == folded]
        if not known:
            names = [
                name
                for found in self.named([folded, *plurals(folded)]).values()
                for name in found
                if name.axis == axis and name.term in there
            ]
            best = min((_STRENGTH.get(name.kind, 2) for name in names), default=0)
            known = [name.term for name in names if _STRENGTH.get(name.kind, 2) == best]
        if not known:
            raise unknown(axis, typed, self.nearest(typed, axis), f"ketlit terms {axis}")
        return list(dict.fromkeys(self.printed(axis, term) for term in known))

    def nearest(self, typed: str, axis: str = "", count: int = 3) -> list[str]:
        """The ids on `axis` (any axis if "") whose names look most like `typed`."""
        from difflib import SequenceMatcher, get_close_matches

        if axis not in self._owners:
            self._owners[axis] = self._names_on(axis)
        owners = self._owners[axis]
        wanted = fold(typed)[:80]
        close = get_close_matches(wanted, list(owners), count * 2, 0.6)
        # beside one that is nearly the same word the others are noise
        alike = {name: SequenceMatcher(None, name, wanted).ratio() for name in close}
        close = [name for name in close if alike[name] >= max(alike.values()) - NOISE]
        found = dict.fromkeys(self.printed(*owner) for name in close for owner in owners[name])
        return list(found)[:count]

    def _names_on(self, axis: str) -> dict[str, list[tuple[str, str]]]:
        """All folded names on `axis` (any axis if ""), with the terms they name."""
        owners: dict[str, list[tuple[str, str]]] = {}
        for folded, on, term, *_ in self._db.rows(ALL_NAMES):
            if axis in ("", on) and term in self.by_axis.get(on, {}):
                owners.setdefault(folded, []).append((on, term))
        return owners


def unknown(kind: str, typed: str, nearest: Sequence[str], where: str) -> UsageError:
    """The error for a filter value that is not one."""
    hint = f"did you mean {' or '.join(nearest)}?" if nearest else ""
    see = f"all of them: {where}" if where else ""
    return UsageError(f"no {kind} is called {typed[:80]!r}", "; ".join(part for part in (hint, see) if part))


def plurals(word: str) -> list[str]:
    """The other number of a folded English word or phrase, by the last word: infusion <-> infusions."""
    last = word.rpartition(" ")[2]
    if len(last) < 4 or not (last.isascii() and last.isalpha()):
        return []
    if last.endswith("ies"):
        return [word[:-3] + "y"]
    if last.endswith(("ches", "shes", "xes", "sses")):
        return [word[:-2]]
    # analysis, arthritis, prophylaxis; but SSRIs are several
    if last.endswith(("ss", "us", "sis", "tis", "xis")):
        return []
    if last.endswith("s"):
        return [word[:-1]]
    if last.endswith("y") and last[-2] not in "aeiou":
        return [word[:-1] + "ies"]
    return [word + ("es" if last.endswith(("ch", "sh", "x")) else "s")]


def _reach(edges: dict[tuple[str, str], list[str]], axis: str, start: str) -> set[str]:
    found = {start}
    waiting = [start]
    while waiting:
        for term in edges.get((axis, waiting.pop()), ()):
            if term not in found:
                found.add(term)
                waiting.append(term)
    return found
