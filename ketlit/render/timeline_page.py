"""A timeline as one HTML page: the drawing inline, then the same studies as a table. Asks nothing of any other place.

Everything is built as elements, so that text from outside is escaped where it is written, and is never markup. The
page's policy lets in nothing but its own style, by its hash: no script, no picture, no font, no frame.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement, tostring

from ketlit.render import wording
from ketlit.render.safe import safe_text
from ketlit.render.track import ALONE, NAME, Page, alone, changed
from ketlit.render.years import Chart, Mark, Shape, legend, link, verdict_symbol, words

WIDTH: Final = 1100.0  # units of the drawing, as all below
ROW: Final = 22.0
TOP: Final = 34.0  # for the numbers of the years
TRACK: Final = 260.0
RADIUS: Final = (4.5, 5.5)  # of a mark without people, and what the most add
MIDDLE: Final = 0.5  # where words change from the right of a mark to its left
EDGE: Final = 14.0
BLUE: Final = "#2b6a99"
STYLE: Final = (
    "body{font:15px/1.45 system-ui,sans-serif;color:#1b1b1b;background:#fff;margin:1.5rem auto;max-width:76rem;"
    "padding:0 1rem}h1{font-size:1.3rem}h2{font-size:1.05rem;margin-top:2rem}svg{width:100%;height:auto}"
    "svg text{font:12px ui-monospace,monospace;fill:#1b1b1b}svg .big{font-family:system-ui,sans-serif}"
    "svg .strong{font-weight:bold}.quiet,svg .quiet{fill:#6b6b6b;color:#6b6b6b}.gone{text-decoration:line-through}"
    "a{color:#1a4f7a}svg a tspan{fill:#1a4f7a}table{border-collapse:collapse;width:100%}"
    "th,td{text-align:left;vertical-align:top;padding:.2rem .6rem .2rem 0;border-bottom:1px solid #ddd}"
    "td.number{text-align:right}.table{overflow-x:auto}"
)
_LINES: Final = frozenset({"head", "meta", "title", "style", "h1", "h2", "p", "g", "line", "rect", "svg", "tr", "div"})
_HASH: Final = "sha256-" + b64encode(sha256(STYLE.encode("ascii")).digest()).decode("ascii")
POLICY: Final = f"default-src 'none'; style-src '{_HASH}'; base-uri 'none'; form-action 'none'"


def page(chart: Chart) -> str:
    """The whole page as text, UTF-8 when written."""
    root = Element("html", lang="en")
    head = SubElement(root, "head")
    SubElement(head, "meta", charset="utf-8")
    SubElement(head, "meta", {"http-equiv": "Content-Security-Policy", "content": POLICY})
    SubElement(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    SubElement(head, "meta", name="referrer", content="no-referrer")
    told = f"Ketamine, studies by year: {chart.understood}"
    _text(head, "title", told)
    SubElement(head, "style").text = STYLE
    body = SubElement(root, "body")
    _text(body, "h1", told)
    _text(body, "p", f"{chart.studies} {'study' if chart.studies == 1 else 'studies'}. {legend()}")
    _drawing(body, chart)
    if chart.beside:
        _pooled(body, chart.beside)
    _table(body, chart)
    for each in root.iter():  # a line each of what stands by itself; within lines blanks would be seen
        if each.tag in _LINES:
            each.tail = "\n"
    return "<!DOCTYPE html>\n" + tostring(root, encoding="unicode", method="html") + "\n"


def _text(parent: Element, tag: str, text: str, **attributes: str) -> Element:
    """An element with text that is safe to look at; `class_` is its class."""
    made = SubElement(parent, tag, {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()})
    made.text = safe_text(text)
    return made


def _drawn(parent: Element, tag: str, **attributes: Any) -> Element:
    """An element of the drawing; numbers in a tenth of a unit."""
    found = {
        name.rstrip("_").replace("_", "-"): f"{value:.1f}" if isinstance(value, float) else str(value)
        for name, value in attributes.items()
    }
    return SubElement(parent, tag, found)


def _drawing(body: Element, chart: Chart) -> None:
    studies = TOP + ROW * (chart.rows + 1)
    beside = chart.beside if chart.beside and chart.beside.forest.lines else None
    below = studies + (TRACK + 2 * ROW if beside else 0.0) + ROW
    said = f"{chart.studies} studies from {chart.first} to {chart.last}; the table below says the same"
    svg = _drawn(body, "svg", viewBox=f"0 0 {WIDTH:g} {below + ROW:g}", role="img", aria_label=said)
    _axis(svg, chart, studies)
    for mark in chart.marks:
        _mark(svg, mark, _x(chart.place(mark.year)))
    if beside:
        _track(svg, chart, beside, studies + 1.5 * ROW)
    for place, shape in enumerate(chart.shapes):
        x = EDGE + place * (WIDTH - 2 * EDGE) / len(chart.shapes)
        _shape(svg, shape, x, below, RADIUS[0] + RADIUS[1] / 2, shape.colour, filled=True)
        _drawn(svg, "text", x=x + 16, y=below + 4, class_="big").text = shape.name


def _x(place: float) -> float:
    return EDGE + place * (WIDTH - 2 * EDGE)


def _y(row: int) -> float:
    return TOP + ROW * (row + 0.5)


def _axis(svg: Element, chart: Chart, bottom: float) -> None:
    """The years on top, the gaps shaded with how long they are, the headings of groups."""
    for first, last in chart.gaps:
        low, high = map(_x, chart.stretch(first, last))
        _drawn(svg, "rect", x=low, y=TOP, width=high - low, height=bottom - TOP, fill="#f4f1e8")
        told = _drawn(svg, "text", x=(low + high) / 2, y=bottom - 6, text_anchor="middle", class_="big quiet")
        told.text = f"{last - first + 1} y"
    _drawn(svg, "line", x1=EDGE, x2=WIDTH - EDGE, y1=TOP, y2=TOP, stroke="#1b1b1b")
    for place, name in chart.ticks():
        x = _x(place)
        _drawn(svg, "line", x1=x, x2=x, y1=TOP - 4, y2=bottom, stroke="#ddd")
        _drawn(svg, "text", x=x, y=TOP - 10, text_anchor="middle", class_="big").text = name
    for row, heading in chart.headings:
        _drawn(svg, "text", x=EDGE, y=_y(row) + 4, class_="big strong").text = safe_text(heading)


def _shape(svg: Element, shape: Shape, x: float, y: float, radius: float, colour: str, *, filled: bool) -> Element:
    fill = colour if filled else "#fff"
    if not shape.corners:
        return _drawn(svg, "circle", cx=x, cy=y, r=radius, fill=fill, stroke=colour, stroke_width=1.5)
    points = " ".join(f"{x + radius * across:.1f},{y - radius * up:.1f}" for across, up in shape.corners)
    return _drawn(svg, "polygon", points=points, fill=fill, stroke=colour, stroke_width=1.5)


def _mark(svg: Element, mark: Mark, x: float) -> None:
    """A study: its shape, its key as a link where the paper has an address, its words; struck where it is gone."""
    study, y = mark.study, _y(mark.row)
    quiet = study.excluded or mark.struck
    group = _drawn(svg, "g")
    _text(group, "title", f"{study.title} ({study.journal or 'no journal'}): {mark.shape.name}")
    radius = RADIUS[0] + RADIUS[1] * mark.size
    _shape(group, mark.shape, x, y, radius, "#6b6b6b" if study.excluded else mark.shape.colour, filled=mark.filled)
    if mark.struck:
        for slope in (1, -1):
            reach = radius + 2
            _drawn(
                group, "line", x1=x - reach, x2=x + reach, y1=y - slope * reach, y2=y + slope * reach, stroke="#1b1b1b"
            )
    left = x > MIDDLE * WIDTH
    anchor = "end" if left else "start"
    at = {"x": x + (-16 if left else 16), "y": y + 4, "text_anchor": anchor}
    line = _drawn(group, "text", **at, class_="quiet" if quiet else "plain")
    key, rest = _key(mark), Element("tspan")
    rest.text = safe_text(words(mark))
    first, second = (rest, key) if left else (key, rest)
    first.tail = "\u00a0\u00a0"
    line.extend((first, second))


def _key(mark: Mark) -> Element:
    """The key of a study as part of a line of the drawing."""
    address = link(mark.study)
    key = Element("a", href=address, rel="noreferrer noopener") if address else Element("tspan")
    _drawn(key, "tspan", class_="gone" if mark.struck else "plain").text = safe_text(mark.study.key)
    return key


def _track(svg: Element, chart: Chart, beside: Page, top: float) -> None:
    """The pooled estimate over the same years: a diamond and its interval, dotted until the next."""
    forest = beside.forest

    def height(value: float) -> float:
        inside = min(max(value, forest.low), forest.high)
        return top + TRACK * (forest.high - inside) / (forest.high - forest.low)

    _drawn(svg, "text", x=EDGE, y=top - 8, class_="big strong").text = f"{forest.measure}, pooled"
    for tick in forest.ticks:
        y = height(tick)
        strong = abs(tick) < 1e-9
        _drawn(svg, "line", x1=EDGE, x2=WIDTH - EDGE, y1=y, y2=y, stroke="#1b1b1b" if strong else "#ddd")
        _drawn(svg, "text", x=EDGE, y=y - 3, class_="big quiet").text = forest.tick(tick)
    for name, y in ((forest.right, top + 12), (forest.left, top + TRACK - 4)):
        _drawn(svg, "text", x=EDGE + 50, y=y, class_="big quiet").text = name
    rows = {line.name: line for line in forest.lines}
    before: tuple[float, float] | None = None
    for each in beside.track.years:
        line = rows.get(str(each.year))
        if line is None:
            continue
        x, y = _x(chart.place(each.year)), height(line.value)
        if before:
            path = f"M{before[0]:.1f},{before[1]:.1f}H{x:.1f}V{y:.1f}"
            _drawn(svg, "path", d=path, fill="none", stroke="#6b6b6b", stroke_dasharray="2 3")
        before = x, y
        group = _drawn(svg, "g")
        _text(group, "title", f"{each.year}: k = {each.pooled.k}, {forest.measure} {forest.estimate(line)}")
        _drawn(group, "line", x1=x, x2=x, y1=height(line.low), y2=height(line.high), stroke=BLUE, stroke_width=2)
        for outside, end, way in ((line.low < forest.low, top + TRACK, 1), (line.high > forest.high, top, -1)):
            if outside:
                points = f"{x - 4:.1f},{end:.1f} {x + 4:.1f},{end:.1f} {x:.1f},{end + 7 * way:.1f}"
                _drawn(group, "polygon", points=points, fill=BLUE)
        if alone(each.pooled):
            _drawn(group, "rect", x=x - 5, y=y - 5, width=10, height=10, fill=BLUE)
        else:
            points = f"{x - 7:.1f},{y:.1f} {x:.1f},{y - 7:.1f} {x + 7:.1f},{y:.1f} {x:.1f},{y + 7:.1f}"
            _drawn(group, "polygon", points=points, fill="#1b1b1b")
        _drawn(group, "text", x=x + 9, y=y - 8, class_="big").text = f"k {each.pooled.k}"


def _pooled(body: Element, beside: Page) -> None:
    """The pooled years as a table, how the question was understood, and what must be known."""
    _text(body, "h2", NAME[0].upper() + NAME[1:])
    for said in beside.head:
        _text(body, "p", said)
    rows = {line.name: line for line in beside.forest.lines}
    table = _headed(body, ("year", "k", f"{beside.forest.measure} [95 % CI]", "what changed"))
    for each in beside.track.years:
        line = rows.get(str(each.year))
        row = SubElement(table, "tr")
        _text(row, "td", str(each.year))
        _text(row, "td", str(each.pooled.k), class_="number")
        _text(row, "td", beside.forest.estimate(line) if line else "none")
        _text(row, "td", ", ".join(changed(each)))
    for note in (ALONE, *beside.notes):
        _text(body, "p", note, class_="quiet")


def _headed(body: Element, heads: tuple[str, ...]) -> Element:
    """A table with its head; the part that rows are put into."""
    table = SubElement(SubElement(body, "div", {"class": "table"}), "table")
    row = SubElement(SubElement(table, "thead"), "tr")
    for head in heads:
        _text(row, "th", head, scope="col")
    return SubElement(table, "tbody")


def _table(body: Element, chart: Chart) -> None:
    """The studies with their titles and what is claimed of them: what the drawing says, for who cannot see it."""
    _text(body, "h2", "The studies")
    table = _headed(body, ("year", "study", "design", "people", "result", "title"))
    told: set[str] = set()
    for mark in chart.marks:
        study = mark.study
        if study.key in told:  # under another group
            continue
        told.add(study.key)
        row = SubElement(table, "tr")
        _text(row, "td", "none" if study.year is None else str(study.year))
        name = SubElement(row, "td")
        address = link(study)
        inner = SubElement(name, "a", href=address, rel="noreferrer noopener") if address else name
        _text(inner, "span", study.key, class_="gone" if mark.struck else "plain")
        _text(row, "td", wording.design(study.design, study.design_flags, wide=True))
        _text(row, "td", "" if study.n is None else str(study.n), class_="number")
        _text(row, "td", mark.shape.name)
        title = SubElement(row, "td")
        if study.status in wording.STATUSES:
            _text(title, "strong", wording.STATUSES[study.status]).tail = " "
        _text(title, "span", study.title, class_="gone" if mark.struck else "plain")
        if not study.curated:
            _text(title, "span", f" [{study.source}, {wording.TAGGED}]", class_="quiet")
        for claim, verdict, text in mark.claims:
            face = wording.VERDICTS.get(verdict)
            _text(
                title, "div", f"{claim} {verdict_symbol(verdict)} {face.long if face else ''}: {text}", class_="quiet"
            )
