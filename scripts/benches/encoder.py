"""The encoder's figures: real tokens a second, memory and latency beside its peers and the machine's own limit.

Two geometries on the same texts and threads: BERT-base (768 × 12, the shape of PubMedBERT) with random weights, and
MiniLM (384 × 6). Each contender has a process of its own, so that its peak memory is its own; they take turns, so that
whatever else this machine does meets all of them. The best round counts. Padding does not.
"""

import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

from benches._encoder_contenders import CONTENDERS, int8_limit
from playbook import REPOSITORY

ABSTRACTS = REPOSITORY.parent / "shared" / "data" / "pubmed" / "drug-reviews.xml.gz"
_NEEDED = ("torch", "transformers", "optimum", "nncf", "sentence_transformers", "fastembed")
# Texts for each geometry: the new papers of a busy week, two minutes of work for the slowest.
_TEXTS = {"bert_base": 192, "minilm": 192}


@click.command()
@click.option("--texts", "texts_file", type=click.Path(path_type=Path, exists=True), help="JSON lines with `text`.")
@click.option("--threads", type=int, default=0, help="0: physical cores.")
@click.option("--repeats", type=int, default=2, help="The best of so many runs counts.")
@click.option("--geometry", type=click.Choice(list(_TEXTS)), multiple=True, default=list(_TEXTS))
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def bench(texts_file: Path | None, threads: int, repeats: int, geometry: tuple[str, ...], as_json: bool) -> None:
    """Measure the encoder against its peers at BERT-base's and MiniLM's geometry."""
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise click.ClickException(f"{', '.join(missing)} missing; install the extras: pip install -e '.[model,bench]'")
    from primetime.encoder.processor import physical_cores, processor_name

    threads = threads or physical_cores()
    texts, origin = _texts(texts_file)
    measured = {}
    for name in geometry:
        with tempfile.TemporaryDirectory() as folder:
            measured[name] = _measure(name, Path(folder), texts[: _TEXTS[name]], threads, repeats)
    figures = {
        "name": "encoder",
        **measured[geometry[0]],
        "geometry": geometry[0],
        "others": {name: measured[name] for name in geometry[1:]},
        "texts": origin,
        "threads": threads,
        "processor": processor_name(),
    }
    print(json.dumps(figures) if as_json else json.dumps(figures, indent=2))


def _measure(name: str, place: Path, texts: list[str], threads: int, repeats: int) -> dict[str, Any]:
    from tokenizers import Tokenizer  # type: ignore[import-untyped]

    from primetime.encoder.artifact import read_manifest

    hidden, layers = _prepare(name, place)
    tokenizer = Tokenizer.from_file(str(place / "ours" / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(read_manifest(place / "ours").max_length)
    tokens = sum(len(encoding.ids) for encoding in tokenizer.encode_batch(texts))
    work = {"texts": texts, "tokens": tokens, "threads": threads, "repeats": repeats}
    (place / "work.json").write_text(json.dumps(work))
    rounds = _rounds(place, repeats)
    results = {name: _best(measured) for name, measured in rounds.items()}
    for contender, result in results.items():
        click.echo(f"{name} {contender}: {result}", err=True)
    limit = max(int8_limit(hidden, layers, threads) for _ in range(repeats))
    rates = {contender: result["tokens_per_second"] for contender, result in results.items()}
    ours = rates.pop("ours")
    return {
        "value": ours,
        "unit": "real tokens a second",
        "peers": rates,
        "ratio": {contender: round(ours / rate, 2) for contender, rate in rates.items()},
        "ratio_by_cpu_second": {
            contender: round(results["ours"]["tokens_per_cpu_second"] / result["tokens_per_cpu_second"], 2)
            for contender, result in results.items()
            if contender != "ours"
        },
        "limit": round(limit),
        "of_limit": round(ours / limit, 2),
        "details": results,
        "tokens": tokens,
    }


def _rounds(place: Path, repeats: int) -> dict[str, list[dict[str, float]]]:
    program = Path(__file__).with_name("_encoder_contenders.py")
    processes: dict[str, subprocess.Popen[str]] = {}
    results: dict[str, list[dict[str, float]]] = {contender: [] for contender in CONTENDERS}
    try:
        for contender in CONTENDERS:
            processes[contender] = subprocess.Popen(
                [sys.executable, str(program), contender, str(place)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            _answer(contender, processes[contender])
        for _ in range(repeats):
            for contender, process in processes.items():
                assert process.stdin is not None
                process.stdin.write("\n")
                process.stdin.flush()
                results[contender].append(json.loads(_answer(contender, process)))
    finally:
        for process in processes.values():
            process.kill()
            process.wait()
    return results


def _answer(contender: str, process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    answer = process.stdout.readline()
    if not answer:
        raise click.ClickException(f"{contender} stopped; its last words stand above")
    return answer


def _best(rounds: list[dict[str, float]]) -> dict[str, float]:
    """The best figure of each kind: the highest rate, the lowest latency; memory is the last one's, the peak so far."""
    best = dict(rounds[-1])
    for rate in ("tokens_per_second", "tokens_per_cpu_second"):
        best[rate] = max(measured[rate] for measured in rounds)
    for latency in ("query_p50_ms", "query_p95_ms"):
        best[latency] = min(measured[latency] for measured in rounds)
    return best


def _prepare(name: str, place: Path) -> tuple[int, int]:
    """Make the model folder, our artifact, and the peers' graphs; hidden size and number of layers."""
    import torch
    from optimum.onnxruntime import ORTModelForFeatureExtraction, ORTQuantizer
    from optimum.onnxruntime.configuration import AutoQuantizationConfig
    from sentence_transformers import SentenceTransformer, export_dynamic_quantized_onnx_model
    from transformers import BertConfig, BertModel

    from primetime.encoder.calibration import calibration_sha256, calibration_texts
    from primetime.encoder.exporting import export_model, export_tokenizer
    from primetime.encoder.source import packaged_directory, read_model_folder
    from primetime.encoder.variants import describe, make_variant

    source = place / "source"
    shutil.copytree(packaged_directory(), source)
    if name == "bert_base":
        torch.manual_seed(1)
        BertModel(BertConfig()).save_pretrained(source)  # type: ignore[no-untyped-call]
        (source / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": 512, "do_lower_case": False}))
        pooling = source / "1_Pooling" / "config.json"
        pooling.write_text(json.dumps(json.loads(pooling.read_text()) | {"word_embedding_dimension": 768}))
    config = json.loads((source / "config.json").read_text())
    model = read_model_folder(source, name=name)
    (place / "fp32").mkdir()
    export_model(model, place / "fp32")
    export_tokenizer(model, place / "fp32")
    calibration = calibration_texts()
    make_variant("static-int8-smoothquant", place / "fp32", place / "ours", model, calibration)
    describe(model, place / "ours", "static-int8-smoothquant", calibration_sha256(calibration))
    exported = ORTModelForFeatureExtraction.from_pretrained(str(source), export=True)
    exported.save_pretrained(place / "optimum")
    quantizer = ORTQuantizer.from_pretrained(place / "optimum")
    quantizer.quantize(
        save_dir=place / "optimum", quantization_config=AutoQuantizationConfig.avx512_vnni(is_static=False)
    )
    for file in source.glob("*.json"):
        shutil.copy(file, place / "optimum" / file.name)
    onnx = SentenceTransformer(str(source), device="cpu", backend="onnx")
    export_dynamic_quantized_onnx_model(onnx, "avx512_vnni", str(source))
    return int(config["hidden_size"]), int(config["num_hidden_layers"])


def _texts(file: Path | None) -> tuple[list[str], str]:
    """The texts to encode, in a fixed order, and what they are."""
    from random import Random

    from primetime.articles.pubmed_xml import read_pubmed_file
    from primetime.articles.record import Article, article_text
    from primetime.commands.text_lines import read_texts
    from primetime.encoder.calibration import judging_texts

    if file is not None:
        return read_texts(file), str(file.name)
    if not ABSTRACTS.is_file():
        return judging_texts() * 3, "made-up"
    articles = (record for record in read_pubmed_file(ABSTRACTS) if isinstance(record, Article) and record.abstract)
    texts = [article_text(article.title, article.abstract) for article in articles]
    Random(1).shuffle(texts)
    return texts, "real abstracts"
