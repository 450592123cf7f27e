import json
from pathlib import Path

import pytest

from primetime.encoder.source import PACKAGED_NAME, RAW_MODEL_WARNING, read_model_folder, resolve
from primetime.errors import ModelProblem

CONFIG = {"model_type": "bert", "hidden_size": 32, "max_position_embeddings": 512}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "config.json", CONFIG)
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    (tmp_path / "vocab.txt").write_text("[PAD]\n")
    return tmp_path


def write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))


def add_modules(folder: Path, pooling: dict[str, object], *kinds: str) -> None:
    modules = [{"path": "" if kind == "Transformer" else f"1_{kind}", "type": f"x.models.{kind}"} for kind in kinds]
    write(folder / "modules.json", modules)
    write(folder / "1_Pooling" / "config.json", pooling)


def test_the_packaged_model_is_read_from_its_own_files() -> None:
    model = resolve(None)
    assert model.name == PACKAGED_NAME
    assert (model.pooling, model.normalised, model.max_length, model.dimension) == ("mean", True, 256, 384)
    assert model.licence == "apache-2.0"
    assert model.warnings == ()


def test_a_raw_masked_language_model_is_taken_with_a_warning(folder: Path) -> None:
    model = read_model_folder(folder, name="raw")
    assert (model.pooling, model.normalised, model.max_length) == ("mean", False, 512)
    assert model.warnings == (RAW_MODEL_WARNING,)
    assert model.revision.startswith("sha256:")


@pytest.mark.parametrize(
    ("config", "pooling"),
    [
        ({"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}, "cls"),
        ({"pooling_mode_mean_tokens": True}, "mean"),
        ({"pooling_mode_max_tokens": True}, "max"),
        ({"pooling_mode": "cls", "include_prompt": True}, "cls"),
    ],
)
def test_pooling_is_the_models_own(folder: Path, config: dict[str, object], pooling: str) -> None:
    add_modules(folder, config, "Transformer", "Pooling", "Normalize")
    model = read_model_folder(folder, name="m")
    assert (model.pooling, model.normalised, model.warnings) == (pooling, True, ())


@pytest.mark.parametrize(
    "config",
    [{}, {"pooling_mode_lasttoken": True}, {"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": True}],
)
def test_pooling_that_cannot_be_served_is_refused(folder: Path, config: dict[str, object]) -> None:
    add_modules(folder, config, "Transformer", "Pooling")
    with pytest.raises(ModelProblem, match="not supported"):
        read_model_folder(folder, name="m")


@pytest.mark.parametrize(
    ("settings", "prompt"),
    [
        ({}, ""),
        ({"prompts": {}, "default_prompt_name": None}, ""),
        ({"prompts": {"query": "", "document": ""}, "default_prompt_name": None}, ""),
        ({"prompts": {"sts": "title: none | text: "}, "default_prompt_name": "sts"}, "title: none | text: "),
        ({"prompts": {"query": "query: ", "passage": "query: "}}, "query: "),
        # Asked for by name alone, which nobody does here.
        ({"prompts": {"classification": "Classify: "}}, ""),
    ],
)
def test_the_prompt_of_all_texts_is_the_models_own(folder: Path, settings: object, prompt: str) -> None:
    write(folder / "config_sentence_transformers.json", settings)
    assert read_model_folder(folder, name="m").prompt == prompt


@pytest.mark.parametrize(
    ("settings", "cause"),
    [
        ({"prompts": {"query": "query: ", "passage": "passage: "}}, "'query: '"),
        ({"prompts": {"query": "Represent this: "}}, "before a question"),
        ({"prompts": {"query": "", "a": "text: "}, "default_prompt_name": "a"}, "before an article"),
        ({"prompts": {"a": ""}, "default_prompt_name": "b"}, "default prompt 'b'"),
        ({"prompts": ["query: "]}, "not a table of texts"),
        ({"prompts": {"query": None}}, "not a table of texts"),
    ],
)
def test_prompts_that_cannot_be_served_are_refused(folder: Path, settings: object, cause: str) -> None:
    write(folder / "config_sentence_transformers.json", settings)
    with pytest.raises(ModelProblem, match=cause) as caught:
        read_model_folder(folder, name="m")
    assert caught.value.remedy


def test_a_prompt_that_is_left_out_of_the_pooling_is_refused(folder: Path) -> None:
    add_modules(folder, {"pooling_mode": "mean", "include_prompt": False}, "Transformer", "Pooling")
    assert read_model_folder(folder, name="m").prompt == ""
    write(folder / "config_sentence_transformers.json", {"prompts": {"a": "text: "}, "default_prompt_name": "a"})
    with pytest.raises(ModelProblem, match="out of the pooling"):
        read_model_folder(folder, name="m")


def test_a_further_layer_is_refused(folder: Path) -> None:
    add_modules(folder, {"pooling_mode": "mean"}, "Transformer", "Pooling", "Dense")
    with pytest.raises(ModelProblem, match="Dense"):
        read_model_folder(folder, name="m")


def test_the_stated_length_never_exceeds_the_positions(folder: Path) -> None:
    write(folder / "sentence_bert_config.json", {"max_seq_length": 4096})
    assert read_model_folder(folder, name="m").max_length == 512
    write(folder / "sentence_bert_config.json", {"max_seq_length": None})
    write(folder / "tokenizer_config.json", {"model_max_length": int(1e30)})
    assert read_model_folder(folder, name="m").max_length == 512


def test_robertas_positions_begin_behind_the_padding_id(folder: Path) -> None:
    write(folder / "config.json", {"model_type": "roberta", "hidden_size": 32, "max_position_embeddings": 514})
    assert read_model_folder(folder, name="m").max_length == 512


@pytest.mark.parametrize("missing", ["config.json", "model.safetensors", "vocab.txt"])
def test_an_incomplete_folder_is_refused(folder: Path, missing: str) -> None:
    (folder / missing).unlink()
    with pytest.raises(ModelProblem) as caught:
        read_model_folder(folder, name="m")
    assert caught.value.remedy


def test_a_model_of_another_family_is_refused(folder: Path) -> None:
    write(folder / "config.json", {"model_type": "gpt2", "hidden_size": 32})
    with pytest.raises(ModelProblem, match="'gpt2', which is not of the BERT family"):
        read_model_folder(folder, name="m")


def test_broken_json_is_named(folder: Path) -> None:
    (folder / "modules.json").write_text("[")
    with pytest.raises(ModelProblem, match=r"modules\.json is not readable JSON"):
        read_model_folder(folder, name="m")


def test_the_licence_is_read_from_the_model_card(folder: Path) -> None:
    (folder / "README.md").write_text("---\nlanguage: en\nlicense: mit\n---\nlicense: other\n")
    assert read_model_folder(folder, name="m").licence == "mit"


@pytest.mark.parametrize("source", ["/no/such/folder", "../nothing", "a/b/c", " "])
def test_what_is_neither_folder_nor_name_is_refused(source: str, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelProblem, match="neither a folder nor a model's name"):
        resolve(source)


def test_a_hub_that_cannot_be_reached_is_one_line(monkeypatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ModelProblem, match="cannot be fetched from the hub") as caught:
        resolve("nobody/no-such-model-anywhere")
    assert "\n" not in caught.value.one_line
