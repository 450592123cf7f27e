"""The encoders that are measured against ours, each opened on the same model folder and given the same texts.

Run as a program it is one contender's process: python _encoder_contenders.py NAME WORKSHOP.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

Encode = Callable[[list[str]], Any]
# 16 tokens with the special ones.
QUERY = "side effects of blood pressure drugs in elderly patients with heart failure at home"
_QUERIES = 50
_BATCH = 32


def open_ours(place: Path, threads: int) -> Encode:
    from primetime.encoder.serving import Encoder

    return Encoder.open(place / "ours", threads=threads).encode


def open_torch(place: Path, threads: int) -> Encode:
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(threads)
    model = SentenceTransformer(str(place / "source"), device="cpu")
    return lambda texts: model.encode(texts, batch_size=_BATCH, normalize_embeddings=True)


def open_torch_onnx_int8(place: Path, threads: int) -> Encode:
    import onnxruntime
    from sentence_transformers import SentenceTransformer

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    model = SentenceTransformer(
        str(place / "source"),
        device="cpu",
        backend="onnx",
        model_kwargs={"file_name": "onnx/model_qint8_avx512_vnni.onnx", "session_options": options},
    )
    return lambda texts: model.encode(texts, batch_size=_BATCH, normalize_embeddings=True)


def _optimum(place: Path, threads: int, *, first_come: bool) -> Encode:
    """Optimum's dynamic int8 with its default settings, fed padded batches of 32 as they come, or our batches."""
    import onnxruntime
    from optimum.onnxruntime import ORTModelForFeatureExtraction
    from transformers import AutoTokenizer

    from primetime.encoder.pooling import pool, to_unit_length

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    model = ORTModelForFeatureExtraction.from_pretrained(
        str(place / "optimum"), file_name="model_quantized.onnx", session_options=options
    )
    tokenizer = AutoTokenizer.from_pretrained(str(place / "source"))  # type: ignore[no-untyped-call]
    longest = json.loads((place / "source" / "sentence_bert_config.json").read_text())["max_seq_length"]

    def encode(texts: list[str]) -> Any:
        pieces = [texts[start : start + _BATCH] for start in range(0, len(texts), _BATCH)]
        if not first_come:
            pieces = [[texts[index] for index in batch] for batch in our_batches(place, texts)]
        vectors = []
        for piece in pieces:
            feed = tokenizer(piece, padding=True, truncation=True, max_length=longest, return_tensors="np")
            hidden = model(**feed).last_hidden_state
            vectors.append(to_unit_length(pool(hidden, feed["attention_mask"], "mean")))
        return np.vstack(vectors)

    return encode


def open_optimum(place: Path, threads: int) -> Encode:
    return _optimum(place, threads, first_come=True)


def open_optimum_our_batches(place: Path, threads: int) -> Encode:
    return _optimum(place, threads, first_come=False)


def open_fastembed(place: Path, threads: int) -> Encode:
    """Given optimum's int8 graph from the disk, as it cannot download any here."""
    from fastembed import TextEmbedding
    from fastembed.common.model_description import ModelSource, PoolingType

    dimension = json.loads((place / "source" / "config.json").read_text())["hidden_size"]
    TextEmbedding.add_custom_model(
        model="local/model",
        pooling=PoolingType.MEAN,
        normalization=True,
        sources=ModelSource(hf="local/model"),
        dim=dimension,
        model_file="model_quantized.onnx",
    )
    model = TextEmbedding("local/model", specific_model_path=str(place / "optimum"), threads=threads)
    return lambda texts: list(model.embed(texts, batch_size=_BATCH))


def open_openvino(place: Path, threads: int) -> Encode:
    """OpenVINO's own interface on our graph, our precision, our batches, with nothing around it but pooling."""
    import openvino
    from tokenizers import Tokenizer  # type: ignore[import-untyped]

    from primetime.encoder.artifact import read_manifest
    from primetime.encoder.batching import batches_by_length
    from primetime.encoder.pooling import pool, to_unit_length
    from primetime.encoder.processor import computes_bfloat16
    from primetime.encoder.serving import TOKEN_BUDGET, padded_length

    manifest = read_manifest(place / "ours")
    options: dict[str, str | int] = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": threads}
    if computes_bfloat16():
        options["INFERENCE_PRECISION_HINT"] = "bf16"
    compiled = openvino.Core().compile_model(str(place / "ours" / "model.onnx"), "CPU", options)
    request = compiled.create_infer_request()
    tokenizer = Tokenizer.from_file(str(place / "ours" / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(manifest.max_length)

    def encode(texts: list[str]) -> Any:
        ids = [encoding.ids for encoding in tokenizer.encode_batch_fast(texts)]
        vectors = np.empty((len(texts), manifest.dimension), dtype=np.float32)
        for batch in batches_by_length([padded_length(len(one), manifest.max_length) for one in ids], TOKEN_BUDGET):
            longest = padded_length(max(len(ids[index]) for index in batch), manifest.max_length)
            tokens = np.zeros((len(batch), longest), dtype=np.int64)
            mask = np.zeros_like(tokens)
            for row, index in enumerate(batch):
                tokens[row, : len(ids[index])] = ids[index]
                mask[row, : len(ids[index])] = 1
            feed = {"input_ids": tokens, "attention_mask": mask, "token_type_ids": np.zeros_like(tokens)}
            hidden = request.infer(feed, share_inputs=True, share_outputs=True)[0]
            vectors[batch] = to_unit_length(pool(hidden, mask, manifest.pooling))
        return vectors

    return encode


CONTENDERS: dict[str, Callable[[Path, int], Encode]] = {
    "ours": open_ours,
    "openvino_direct": open_openvino,
    "sentence_transformers_fp32": open_torch,
    "sentence_transformers_onnx_int8": open_torch_onnx_int8,
    "optimum_int8_first_come_32": open_optimum,
    "optimum_int8_our_batches": open_optimum_our_batches,
    "fastembed_int8": open_fastembed,
}


def our_batches(place: Path, texts: list[str]) -> list[Any]:
    from tokenizers import Tokenizer

    from primetime.encoder.artifact import read_manifest
    from primetime.encoder.batching import batches_by_length
    from primetime.encoder.serving import TOKEN_BUDGET, padded_length

    tokenizer = Tokenizer.from_file(str(place / "ours" / "tokenizer.json"))
    tokenizer.no_padding()
    maximum = read_manifest(place / "ours").max_length
    tokenizer.enable_truncation(maximum)
    lengths = [padded_length(len(encoding.ids), maximum) for encoding in tokenizer.encode_batch_fast(texts)]
    return list(batches_by_length(lengths, TOKEN_BUDGET))


def int8_limit(hidden: int, layers: int, threads: int, *, tokens: int = 1024, seconds: float = 4.0) -> float:
    """Tokens a second that this machine's int8 matrix multiplications allow: a BERT's own products, and nothing else.

    The chain has each layer's six products (four of hidden × hidden, two with the four times wider inner layer) with
    activations in u8 and weights in i8, run by OpenVINO. Attention's own products, softmax, norms and GELU are not
    in it.
    """
    import openvino
    from openvino import opset13 as op

    random = np.random.default_rng(1)
    data = op.parameter([tokens, hidden], np.float32)
    node: Any = data
    widths = [(hidden, hidden)] * 4 + [(hidden, 4 * hidden), (4 * hidden, hidden)]
    for width_in, width_out in widths * layers:
        low, high = np.float32(-3), np.float32(3)
        ranged = op.fake_quantize(node, low, high, low, high, 256)
        weights = op.constant(random.integers(-127, 128, (width_out, width_in), dtype=np.int8))
        scale = op.constant(np.full((width_out, 1), 0.02 / np.sqrt(width_in), dtype=np.float32))
        node = op.matmul(ranged, op.multiply(op.convert(weights, "f32"), scale), False, True)
    model = openvino.Model([op.result(node)], [data], "products")
    options = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": threads}
    request = openvino.Core().compile_model(model, "CPU", options).create_infer_request()
    feed = {0: random.normal(size=(tokens, hidden)).astype(np.float32)}
    request.infer(feed)
    times: list[float] = []
    while sum(times) < seconds:
        began = time.perf_counter()
        request.infer(feed)
        times.append(time.perf_counter() - began)
    return tokens / statistics.median(times)


def peak_memory_mb() -> float:
    """The process's highest resident memory; unlike getrusage's, not inherited from the process that started it."""
    status = Path("/proc/self/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) / 1024


def main() -> None:
    """Open the contender, then answer each line of standard input with one measured round."""
    name, place = sys.argv[1], Path(sys.argv[2])
    work = json.loads((place / "work.json").read_text())
    texts: list[str] = work["texts"]
    began = time.perf_counter()
    encode = CONTENDERS[name](place, work["threads"])
    encode([QUERY])
    cold = time.perf_counter() - began
    encode(texts)  # every shape has been met once
    print("ready", flush=True)
    for _ in sys.stdin:
        began, cpu = time.perf_counter(), time.process_time()
        encode(texts)
        seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - cpu
        latencies = []
        for _ in range(_QUERIES):
            began = time.perf_counter()
            encode([QUERY])
            latencies.append((time.perf_counter() - began) * 1000)
        result = {
            "tokens_per_second": round(work["tokens"] / seconds),
            "tokens_per_cpu_second": round(work["tokens"] / cpu_seconds),
            "query_p50_ms": round(float(np.percentile(latencies, 50)), 2),
            "query_p95_ms": round(float(np.percentile(latencies, 95)), 2),
            "peak_mb": round(peak_memory_mb()),
            "cold_start_seconds": round(cold, 2),
        }
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
