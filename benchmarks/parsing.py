"""How fast PubMed XML is read whole, as a ratio to a peer that takes ten fields of it, and in how much memory.

    python benchmarks/parsing.py pubmed21n1298.xml.gz [--runs 5]
    python benchmarks/parsing.py --smoke

The peer is lxml's iterparse with the elements cleared behind it, as its manual advises, and takes PMID, title,
abstract, journal, year, language, authors, MeSH names, publication types and DOI; ketlit reads all that a record of
its own holds. Neither stores anything. Goals: ketlit reads at least as many records a second (>= 1.0), and no process
takes more than 60 MB. Each run is a process of its own; those of ketlit and of the peer take turns, so that a busy
machine slows them alike; the medians of their processor time are compared (both use one thread).
"""

from __future__ import annotations

import argparse
import gzip
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

GOAL_RATIO = 1.0
GOAL_MEGABYTES = 60
TOPIC = (b"ketamin",)
RECORD = """<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="1">{number}</PMID>
<Article PubModel="Print"><Journal><JournalIssue CitedMedium="Print"><Volume>1</Volume><PubDate><Year>2001</Year>
</PubDate></JournalIssue><Title>A journal</Title></Journal><ArticleTitle>Title <i>{number}</i></ArticleTitle>
<Abstract><AbstractText Label="METHODS">{text}</AbstractText></Abstract><AuthorList CompleteYN="Y"><Author ValidYN="Y">
<LastName>Name</LastName><ForeName>Given</ForeName><Initials>G</Initials></Author></AuthorList><Language>eng</Language>
<PublicationTypeList><PublicationType UI="D016428">Journal Article</PublicationType></PublicationTypeList></Article>
<MeshHeadingList><MeshHeading><DescriptorName UI="D010146" MajorTopicYN="Y">Pain</DescriptorName></MeshHeading>
</MeshHeadingList></MedlineCitation><PubmedData><ArticleIdList><ArticleId IdType="doi">10.1234/{number}</ArticleId>
</ArticleIdList></PubmedData></PubmedArticle>
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", help="a file of NLM's, .xml or .xml.gz")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument(
        "--smoke", action="store_true", help="one run over a small file made here, to see that it works"
    )
    parser.add_argument("--one", choices=sorted(READERS), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        one(options.one, options.file)
    elif options.smoke:
        with tempfile.TemporaryDirectory() as folder:
            measure(small(Path(folder)), 1)
    elif options.file:
        measure(options.file, options.runs)
    else:
        parser.error("name a file, or --smoke")


def measure(file: str, runs: int) -> None:
    times: dict[str, list[float]] = {name: [] for name in READERS}
    memory: dict[str, float] = dict.fromkeys(READERS, 0.0)
    records: dict[str, int] = {}
    for turn in range(runs + 1):
        for name in READERS:
            command = [sys.executable, __file__, "--one", name, file]
            told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
            memory[name] = max(memory[name], float(told[2]))
            records[name] = int(told[0])
            if turn:  # the first turn fills caches
                times[name].append(float(told[1]))
    report({name: median(took) for name, took in times.items()}, memory, records)


def report(medians: dict[str, float], memory: dict[str, float], records: dict[str, int]) -> None:
    print(f"{'':<34} {'records':>8} {'seconds':>8} {'x lxml':>7} {'peak MB':>8}")
    peer = medians["lxml"]
    for name, took in medians.items():
        ratio = peer / took
        print(f"{NAMES[name]:<34} {records[name]:>8} {took:>8.2f} {ratio:>7.2f} {memory[name]:>8.1f}")
    print(f"goals: ketlit >= {GOAL_RATIO} x lxml, at most {GOAL_MEGABYTES} MB")


def one(name: str, file: str) -> None:
    """Read the file once; print the number of records, seconds of the processor, and the most memory taken, in MB."""
    started = time.process_time()
    count = READERS[name](file)
    took = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(count, took, peak / (1 << 20 if sys.platform == "darwin" else 1 << 10))


def ketlit(file: str) -> int:
    """All of each record."""
    from ketlit.sources.items import Parsed
    from ketlit.sources.pubmed import read

    return sum(isinstance(item, Parsed) for item in read(file))


def ketlit_of_a_topic(file: str) -> int:
    """Only the records some bytes occur in; counts those passed over too."""
    from ketlit.sources.items import Parsed
    from ketlit.sources.pubmed import read

    reading = read(file, lambda data: any(word in data.lower() for word in TOPIC))
    return sum(isinstance(item, Parsed) for item in reading) + reading.skipped


def lxml(file: str) -> int:
    """Ten fields of each record."""
    with gzip.open(file) if file.endswith(".gz") else open(file, "rb") as stream:
        return sum(bool(fields) for fields in ten_fields(stream))


def ten_fields(stream: Any) -> Iterator[tuple[Any, ...]]:
    from lxml import etree

    for _, record in etree.iterparse(stream, tag="PubmedArticle", resolve_entities=False, no_network=True):
        citation = record.find("MedlineCitation")
        article = citation.find("Article")
        title = article.find("ArticleTitle")
        yield (
            citation.findtext("PMID"),
            "".join(title.itertext()) if title is not None else "",
            ["".join(part.itertext()) for part in article.iterfind("Abstract/AbstractText")],
            article.findtext("Journal/Title"),
            article.findtext("Journal/JournalIssue/PubDate/Year"),
            article.findtext("Language"),
            [(a.findtext("LastName"), a.findtext("ForeName")) for a in article.iterfind("AuthorList/Author")],
            [name.text for name in citation.iterfind("MeshHeadingList/MeshHeading/DescriptorName")],
            [kind.text for kind in article.iterfind("PublicationTypeList/PublicationType")],
            record.findtext("PubmedData/ArticleIdList/ArticleId[@IdType='doi']"),
        )
        record.clear()
        while record.getprevious() is not None:
            del record.getparent()[0]


def small(folder: Path) -> str:
    """A file of 500 records in NLM's shape."""
    text = "Words of an abstract, many of them. " * 40
    path = folder / "small.xml.gz"
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.write('<?xml version="1.0" encoding="utf-8"?>\n<PubmedArticleSet>\n')
        file.writelines(RECORD.format(number=number, text=text) for number in range(1, 501))
        file.write("</PubmedArticleSet>\n")
    return str(path)


READERS = {"ketlit": ketlit, "lxml": lxml, "topic": ketlit_of_a_topic}
NAMES = {"ketlit": "ketlit, all", "lxml": "lxml.iterparse, ten fields", "topic": "ketlit, of a topic only"}

if __name__ == "__main__":
    main()
