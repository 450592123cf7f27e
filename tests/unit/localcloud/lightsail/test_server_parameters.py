from hypothesis import given
from hypothesis import strategies as st

from localcloud.lightsail.server_parameters import as_file


def unquote(line):
    """A setting's value as PostgreSQL's configuration file is read."""
    name, _, quoted = line.partition(" = ")
    assert quoted[0] == quoted[-1] == "'"
    return name, quoted[1:-1].replace("''", "'").replace("\\\\", "\\")


@given(st.text(st.characters(exclude_categories=["C", "Z"]), max_size=40))
def test_any_printable_value_survives_the_file(value):
    [line] = as_file({"search_path": value}).decode().split("\n")[:-1]
    assert unquote(line) == ("search_path", value)
