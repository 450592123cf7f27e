from primetime.keywords.mesh import in_their_order


def test_exchanged_words_are_no_other_words() -> None:
    terms = ["Infarction, Myocardial", "Heart Attack", "Attack, Heart", "heart attack", "Cardiovascular Stroke"]
    assert in_their_order("Myocardial Infarction", terms) == ["Heart Attack", "Cardiovascular Stroke"]


def test_a_heading_with_a_comma_is_also_written_straight() -> None:
    terms = ["NIDDM", "Type 2 Diabetes Mellitus", "Diabetes Mellitus, Type II"]
    expected = ["NIDDM", "Type 2 Diabetes Mellitus", "Diabetes Mellitus, Type II"]
    assert in_their_order("Diabetes Mellitus, Type 2", terms) == expected


def test_neither_the_heading_nor_an_endless_term() -> None:
    assert in_their_order("Asthma", ["ASTHMA", "asthma", "x" * 201, "Asthmas"]) == ["Asthmas"]
