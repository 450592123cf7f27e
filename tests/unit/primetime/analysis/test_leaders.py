import pytest

from primetime.analysis.leaders import Leader, institution, leaders


@pytest.mark.parametrize(
    ("affiliation", "name"),
    [
        ("Department of Medicine, University of Oslo, Oslo, Norway. a@b.no", "University of Oslo"),
        ("School of Public Health, Harvard University, Boston, MA", "Harvard University"),
        ("Karolinska Institutet, Stockholm, Sweden", "Karolinska Institutet"),
        ("Division of Cardiology, St. Mary's Hospital; London", "St. Mary's Hospital"),
        ("Mayo Clinic, Rochester, MN, USA.", "Mayo Clinic"),
        ("Pfizer Inc, New York", ""),
        ("", ""),
    ],
)
def test_the_institution_of_an_affiliation(affiliation: str, name: str) -> None:
    assert institution(affiliation) == name


def test_leaders_are_counted_once_an_article_and_lead_with_two() -> None:
    smith = {
        "last_name": "Smith",
        "initials": "J",
        "affiliations": ["University of Oslo, Norway", "University of Oslo"],
    }
    group = {"collective_name": "The Group", "affiliations": None}
    found = leaders([[smith, smith, group], [smith], [group, {}], []], ["Lancet", "Lancet", "", "BMJ"])
    assert found.authors == [Leader(name="Smith J", articles=2), Leader(name="The Group", articles=2)]
    assert found.institutions == [Leader(name="University of Oslo", articles=2)]
    assert found.journals == [Leader(name="Lancet", articles=2)]
    assert leaders([], []).authors == []
