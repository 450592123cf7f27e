import gzip
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from primetime.commands.labelled_records import read_labelled
from primetime.errors import BadInput

RECORD = (
    "<PubmedArticle><MedlineCitation><PMID>{pmid}</PMID><Article><ArticleTitle>Title {pmid}</ArticleTitle>"
    "<Abstract><AbstractText>{abstract}</AbstractText></Abstract></Article></MedlineCitation></PubmedArticle>\n"
)


@pytest.fixture
def records(tmp_path: Path) -> Path:
    path = tmp_path / "records.xml"
    texts = {1: "Heart.", 2: "Lung.", 3: "", 4: "Asthma.", 5: "Liver."}
    body = "".join(RECORD.format(pmid=pmid, abstract=abstract) for pmid, abstract in texts.items())
    path.write_text(f"<PubmedArticleSet>\n{body}</PubmedArticleSet>")
    return path


def labels(tmp_path: Path, *rows: str, header: str = "review,pmid,included,other") -> Path:
    path = tmp_path / "labels.csv"
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def test_reviews_point_at_the_texts_that_are_there(records: Path, tmp_path: Path) -> None:
    found = read_labelled(
        records,
        labels(
            tmp_path, "b,5,1,x", "b,1,1,x", "b,2,0,x", "b,3,1,x", "b,99,1,x", "a,1,1,x", "a,2,1,x", "a,4,0,x", "c,4,1,x"
        ),
    )
    assert [text.split()[1] for text in found.texts] == ["1", "2", "4", "5"]
    assert [(one.name, one.rows.tolist(), one.included.tolist()) for one in found.reviews] == [
        ("a", [0, 1, 2], [True, True, False]),
        ("b", [3, 0, 1], [True, True, False]),
    ]


def test_large_reviews_can_be_left_out(records: Path, tmp_path: Path) -> None:
    path = labels(tmp_path, "a,1,1,x", "a,2,1,x", "a,4,0,x", "b,1,1,x", "b,5,1,x")
    assert [one.name for one in read_labelled(records, path, most=2).reviews] == ["b"]


def test_gzip_is_read_as_well(records: Path, tmp_path: Path) -> None:
    path = labels(tmp_path, "a,1,1,x", "a,2,1,x")
    path.write_bytes(gzip.compress(path.read_bytes()))
    assert len(read_labelled(records, path).reviews) == 1


@pytest.mark.parametrize(
    ("rows", "header", "cause"),
    [
        (["a,1,1"], "review,pmid,excluded", "no column included"),
        ([], "", "no column review, pmid, included"),
        (["a,one,1"], "review,pmid,included", r"labels.csv:2 has the PMID 'one'"),
        (["a,1,yes"], "review,pmid,included", "the mark 'yes'"),
        (["a,1"], "review,pmid,included", "the mark None"),
        (["a,1,1", "a,99,1"], "review,pmid,included", "no review of .* has two included records"),
    ],
)
def test_labels_that_are_none_are_said_in_one_line(
    records: Path, tmp_path: Path, rows: list[str], header: str, cause: str
) -> None:
    with pytest.raises(BadInput, match=cause) as caught:
        read_labelled(records, labels(tmp_path, *rows, header=header))
    assert "\n" not in caught.value.one_line


def test_files_that_are_not_there(records: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="there is no file"):
        read_labelled(tmp_path / "absent.xml", labels(tmp_path, "a,1,1,x"))
    with pytest.raises(BadInput, match="cannot read"):
        read_labelled(records, tmp_path / "absent.csv")


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_are_worse_than_one_clear_line(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.mktemp("labels")
    (folder / "records.xml").write_text("<PubmedArticleSet></PubmedArticleSet>")
    (folder / "labels.csv").write_bytes(data)
    with pytest.raises(BadInput):
        read_labelled(folder / "records.xml", folder / "labels.csv")
