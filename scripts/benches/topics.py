"""Topics: seconds and agreement with truth beside BERTopic's recipe and others, and what a hundred thousand take.

    python scripts/bench.py topics [--model ARTIFACT] [--json]

BERTopic's recipe is UMAP to five dimensions and HDBSCAN with its defaults (10 articles), both warm; ours is everything
that an analysis computes of topics, the map, themes and subtopics among it, and apart from that the topics alone. The
contenders take turns, so that whatever else the machine does meets all; processor seconds are those of all threads, and
move less when the machine is shared. Peers need the extra `bench`; the two public
sets are encoded with the built model once and kept under build/.
"""

import csv
import gzip
import hashlib
import importlib.util
import json
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from playbook import REPOSITORY
from primetime.analysis.graph import fuzzy_graph
from primetime.analysis.joining import vote
from primetime.analysis.neighbours import InvertedFile
from primetime.analysis.stability import stability
from primetime.analysis.topics import find_topics, partition
from primetime.encoder.pooling import to_unit_length
from primetime.settings import load_settings

SHARED = REPOSITORY.parent / "shared" / "data"
ARTICLES = 10_000
SEED = 20
Vectors = NDArray[np.float32]
Find = Callable[[Vectors], NDArray[np.int64]]


@dataclass(frozen=True, kw_only=True)
class Corpus:
    name: str
    vectors: Vectors
    truth: NDArray[np.int64] | None


def ours(vectors: Vectors) -> NDArray[np.int64]:
    return partition(vectors, seed=SEED).labels


def ours_whole(vectors: Vectors) -> NDArray[np.int64]:
    return find_topics(vectors, seed=SEED).labels


def ours_dense(vectors: Vectors) -> NDArray[np.int64]:
    return partition(vectors, seed=SEED).dense


def _umap(vectors: Vectors) -> Vectors:
    import umap

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        placed: Vectors = umap.UMAP(
            n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", low_memory=False
        ).fit_transform(vectors)
    return placed


def bertopic(vectors: Vectors) -> NDArray[np.int64]:
    import hdbscan

    found = hdbscan.HDBSCAN(
        min_cluster_size=10, metric="euclidean", cluster_selection_method="eom", prediction_data=True
    )
    return np.asarray(found.fit_predict(_umap(vectors)))


def umap_fast_hdbscan(vectors: Vectors) -> NDArray[np.int64]:
    import fast_hdbscan

    return np.asarray(fast_hdbscan.HDBSCAN(min_cluster_size=10).fit_predict(_umap(vectors)))


def evoc(vectors: Vectors) -> NDArray[np.int64]:
    import evoc as package

    return np.asarray(package.EVoC().fit_predict(vectors))


def pca_hdbscan(vectors: Vectors) -> NDArray[np.int64]:
    from sklearn.cluster import HDBSCAN
    from sklearn.decomposition import PCA

    return np.asarray(
        HDBSCAN(min_cluster_size=10, copy=True).fit_predict(PCA(5, random_state=0).fit_transform(vectors))
    )


def leiden(vectors: Vectors) -> NDArray[np.int64]:
    import random

    import igraph

    graph = fuzzy_graph(InvertedFile.of(vectors).neighbours(15)).tocoo()
    upper = graph.row < graph.col
    edges = igraph.Graph(len(vectors), np.stack([graph.row[upper], graph.col[upper]], axis=1))
    random.seed(SEED)
    found = edges.community_leiden("modularity", weights=graph.data[upper].tolist(), n_iterations=5)
    return np.asarray(found.membership)


def ours_by_vote(vectors: Vectors) -> NDArray[np.int64]:
    found = partition(vectors, seed=SEED)
    outliers = np.flatnonzero(found.dense < 0)
    near = found.neighbours
    labels = found.dense.copy()
    labels[outliers] = vote(found.dense[near.indices[outliers]], near.distances[outliers])
    return labels


OURS: dict[str, Find] = {
    "ours": ours,
    "ours, all of an analysis": ours_whole,
    "ours, dense regions alone": ours_dense,
    "ours, outliers by vote": ours_by_vote,
}
PEERS: dict[str, tuple[Find, tuple[str, ...]]] = {
    "BERTopic's recipe": (bertopic, ("umap", "hdbscan")),
    "UMAP + fast_hdbscan": (umap_fast_hdbscan, ("umap", "fast_hdbscan")),
    "EVoC": (evoc, ("evoc",)),
    "PCA + HDBSCAN": (pca_hdbscan, ()),
    "Leiden": (leiden, ("igraph",)),
}


# All of its time is UMAP's, as in BERTopic's recipe; asked for by name.
SLOW = "UMAP + fast_hdbscan"


@click.command("topics")
@click.option(
    "--peer", "peers", multiple=True, type=click.Choice(list(PEERS)), default=[one for one in PEERS if one != SLOW]
)
@click.option("--rounds", default=1, show_default=True, help="The best of so many counts.")
@click.option(
    "--large", default="100000x768,200000x768", show_default=True, help="ARTICLESxDIMENSION, comma-separated; '': none."
)
@click.option(
    "--model", type=click.Path(path_type=Path, exists=True), help="An encoder artifact; default: the setting's."
)
@click.option("--json", "as_json", is_flag=True)
@click.option("--one-large", hidden=True)
def bench(
    peers: tuple[str, ...], rounds: int, large: str, model: Path | None, as_json: bool, one_large: str | None
) -> None:
    """Measure the topics."""
    model = model or load_settings().model_directory
    if one_large:
        click.echo(json.dumps(_measure_large(model, *(int(part) for part in one_large.split("x")))))
        return
    corpora = list(_corpora(model))
    contenders = dict(OURS)
    missing = []
    for name in peers:
        find, packages = PEERS[name]
        if all(importlib.util.find_spec(package) for package in packages):
            contenders[name] = find
            # Compiles. Above 4,096 points UMAP looks for neighbours in another way, which is compiled of its own.
            for size in (1000, 5000):
                find(corpora[-1].vectors[:size])
        else:
            missing.append(name)
    report: dict[str, Any] = {"not installed": missing, "corpora": {}, "large": {}}
    for corpus in corpora:
        report["corpora"][corpus.name] = _measure(corpus, contenders, rounds)
        click.echo(f"{corpus.name}: measured", err=True)
    for one in filter(None, large.split(",")):
        command = [sys.executable, str(REPOSITORY / "scripts" / "bench.py"), "topics", "--one-large", one]
        command += ["--model", str(model)]
        report["large"][one] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    report["million"] = _million(report["large"])
    if as_json:
        click.echo(json.dumps(report, indent=2))
    else:
        _print(report)


def _measure(corpus: Corpus, contenders: dict[str, Find], rounds: int) -> dict[str, Any]:
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    processor: dict[str, list[float]] = {name: [] for name in contenders}
    labels = {}
    for _ in range(rounds):
        for name, find in contenders.items():
            begun, spent = time.perf_counter(), time.process_time()
            labels[name] = find(corpus.vectors)
            seconds[name].append(time.perf_counter() - begun)
            processor[name].append(time.process_time() - spent)
    base = min(seconds.get("BERTopic's recipe", [0.0]))
    base_processor = min(processor.get("BERTopic's recipe", [0.0]))
    return {
        "articles": len(corpus.vectors),
        "contenders": {
            name: {
                "seconds": round(min(taken), 3),
                "processor_seconds": round(min(processor[name]), 3),
                **({"times_faster": round(base / min(taken), 1)} if base else {}),
                **({"times_less_work": round(base_processor / min(processor[name]), 1)} if base else {}),
                **_agreement(labels[name], corpus.truth),
            }
            for name, taken in seconds.items()
        },
    }


def _agreement(labels: NDArray[np.int64], truth: NDArray[np.int64] | None) -> dict[str, Any]:
    inside = labels >= 0
    found: dict[str, Any] = {"topics": int(labels.max()) + 1, "clustered": round(float(inside.mean()), 3)}
    if truth is not None:
        for suffix, chosen in (("", np.ones(len(labels), dtype=bool)), ("_clustered", inside)):
            found[f"rand{suffix}"] = round(float(adjusted_rand_score(truth[chosen], labels[chosen])), 3)
            found[f"nmi{suffix}"] = round(float(normalized_mutual_info_score(truth[chosen], labels[chosen])), 3)
    return found


def _corpora(model: Path) -> Iterator[Corpus]:
    random = np.random.default_rng(SEED)
    if SHARED.is_dir():
        texts, classes = _ohsumed()
        ohsumed = encoded(model, "ohsumed", texts)
        review_texts, reviews = _reviews()
        articles = encoded(model, "reviews", review_texts)
        yield Corpus(name="OHSUMED, 23 classes", vectors=ohsumed, truth=classes)
        yield Corpus(name="drug reviews, 8 labels", vectors=articles, truth=reviews)
        both = np.concatenate([ohsumed, articles])
        yield Corpus(name="real, 10,000", vectors=both[np.sort(random.choice(len(both), ARTICLES, False))], truth=None)
    vectors, truth = planted(ARTICLES, 384, 60, noise=3.0)
    yield Corpus(name="planted, 60 topics", vectors=vectors, truth=truth)


def planted(n: int, dimension: int, topics: int, noise: float) -> tuple[Vectors, NDArray[np.int64]]:
    """Unit vectors around random directions, topics of very different sizes; noise is its length beside theirs."""
    random = np.random.default_rng(SEED)
    centres = to_unit_length(random.normal(size=(topics, dimension)).astype(np.float32))
    sizes = random.pareto(1.5, topics) + 0.3
    truth = random.choice(topics, n, p=sizes / sizes.sum())
    spread = random.standard_normal((n, dimension), dtype=np.float32) * np.float32(noise / np.sqrt(dimension))
    spread += centres[truth]
    return to_unit_length(spread), truth


def _measure_large(model: Path, n: int, dimension: int) -> dict[str, Any]:
    """In a process of its own: seconds, peak memory with the vectors in it, and the share of neighbours found."""
    real = np.concatenate([encoded(model, "ohsumed", _ohsumed()[0]), encoded(model, "reviews", _reviews()[0])])
    vectors, _ = many(real, n, dimension)
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak counts from here
    begun, spent = time.perf_counter(), time.process_time()
    found = find_topics(vectors, seed=SEED)
    processor = time.process_time() - spent
    seconds = time.perf_counter() - begun
    begun, spent = time.perf_counter(), time.process_time()
    stability(vectors, found, repeats=1, seed=SEED)
    once_more, once_more_processor = time.perf_counter() - begun, time.process_time() - spent
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 1024
    rows = np.random.default_rng(0).choice(n, 200, replace=False)
    similarity = vectors[rows] @ vectors.T
    similarity[np.arange(len(rows)), rows] = -2
    k = found.neighbours.indices.shape[1]
    exact = np.argpartition(-similarity, k, axis=1)[:, :k]
    recall = np.mean([len(set(a) & set(b)) / k for a, b in zip(exact, found.neighbours.indices[rows], strict=True)])
    return {
        "seconds": round(seconds, 1),
        "processor_seconds": round(processor, 1),
        "seconds_a_repeat_of_stability": round(once_more, 1),
        "processor_seconds_a_repeat_of_stability": round(once_more_processor, 1),
        "peak_mb": round(peak),
        "vectors_mb": round(vectors.nbytes / 2**20),
        "neighbours_found": round(float(recall), 3),
        "topics": found.count,
        "clustered": round(float((found.labels >= 0).mean()), 3),
    }


def _million(large: dict[str, dict[str, Any]]) -> dict[str, Any] | None:
    """What a million of the same dimension takes, if cost goes on as between the two largest; None: only one is."""
    sizes = sorted(large, key=lambda one: int(one.split("x")[0]))[-2:]
    if len(sizes) < 2:
        return None
    fewer, more = (int(one.split("x")[0]) for one in sizes)
    told: dict[str, Any] = {}
    for figure in ("seconds", "processor_seconds", "peak_mb"):
        power = np.log(large[sizes[1]][figure] / large[sizes[0]][figure]) / np.log(more / fewer)
        told |= {
            figure: round(float(large[sizes[1]][figure] * (1e6 / more) ** power)),
            f"power_of_{figure}": round(float(power), 2),
        }
    return told


def many(real: Vectors, n: int, dimension: int) -> tuple[Vectors, NDArray[np.int64]]:
    """Vectors [n, dimension], each a blend of a real one and one of its neighbours, and the place of that real one.

    Turned into more dimensions than the real ones have.
    """
    random = np.random.default_rng(SEED)
    near = InvertedFile.of(real).neighbours(15).indices
    turn = np.linalg.qr(random.standard_normal((dimension, real.shape[1])))[0].T.astype(np.float32)
    vectors = np.empty((n, dimension), dtype=np.float32)
    origins = random.integers(0, len(real), n)
    for start in range(0, n, 20_000):
        first = origins[start : start + 20_000]
        second = near[first, random.integers(0, 15, len(first))]
        share = random.random((len(first), 1), dtype=np.float32)
        block = share * real[first] + (1 - share) * real[second]
        block += random.standard_normal(block.shape, dtype=np.float32) * np.float32(0.3 / np.sqrt(block.shape[1]))
        vectors[start : start + len(first)] = to_unit_length(block @ turn)
    return vectors, origins


def _ohsumed() -> tuple[list[str], NDArray[np.int64]]:
    with gzip.open(SHARED / "topics" / "ohsumed-disease-classes.jsonl.gz", "rt") as file:
        rows = [json.loads(line) for line in file]
    return [row["text"] for row in rows], np.unique([row["class"] for row in rows], return_inverse=True)[1]


def _reviews() -> tuple[list[str], NDArray[np.int64]]:
    from primetime.articles.pubmed_xml import read_pubmed_file
    from primetime.articles.record import Article, article_text

    with gzip.open(SHARED / "pubmed" / "drug-reviews.labels.csv.gz", "rt") as file:
        review: dict[int, str] = {}
        for row in csv.DictReader(file):
            review.setdefault(int(row["pmid"]), row["review"])
    texts, labels = [], []
    for article in read_pubmed_file(SHARED / "pubmed" / "drug-reviews.xml.gz"):
        if isinstance(article, Article) and article.pmid in review:
            texts.append(article_text(article.title, article.abstract))
            labels.append(review[article.pmid])
    return texts, np.unique(labels, return_inverse=True)[1]


def encoded(model: Path, name: str, texts: list[str]) -> Vectors:
    """The texts' vectors, kept under build/ from one bench to the next."""
    from primetime.encoder.artifact import read_manifest
    from primetime.encoder.serving import Encoder

    state = hashlib.sha256("\0".join([read_manifest(model).hash, *texts]).encode()).hexdigest()[:12]
    kept: Path = REPOSITORY / "build" / "bench" / f"{name}-{state}.npy"
    if not kept.is_file():
        click.echo(f"encoding {len(texts)} abstracts of {name}", err=True)
        kept.parent.mkdir(parents=True, exist_ok=True)
        np.save(kept, Encoder.open(model).encode(texts))
    vectors: Vectors = np.load(kept)
    return vectors


def _print(report: dict[str, Any]) -> None:
    for name, corpus in report["corpora"].items():
        click.echo(f"{name} ({corpus['articles']} articles)")
        for contender, one in corpus["contenders"].items():
            line = f"  {contender:26}{one['seconds']:8.2f} s {one.get('times_faster', 0):6.1f} x"
            line += f"  work {one['processor_seconds']:7.2f} s {one.get('times_less_work', 0):6.1f} x"
            line += f"  {one['topics']:4} topics"
            line += f"  {one['clustered']:6.1%} in one"
            if "rand" in one:
                line += f"  all: Rand {one['rand']:.3f} NMI {one['nmi']:.3f}"
                line += f"  in one: Rand {one['rand_clustered']:.3f} NMI {one['nmi_clustered']:.3f}"
            click.echo(line)
    for size, one in report["large"].items():
        click.echo(f"{size}: {one}")
    if report["million"]:
        click.echo(f"a million, if cost goes on so: {report['million']}")
    if report["not installed"]:
        click.echo(f"not installed: {', '.join(report['not installed'])}")
