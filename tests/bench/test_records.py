"""What a benchmark writes down: figures with their spread, and all that is needed to judge them."""

from __future__ import annotations

import json

import pytest

from daytona_validate._bench.figures import Figure, cell_of, three_digits
from daytona_validate._bench.processes import environment
from daytona_validate._bench.record import Record, markdown, plain_record, versions_of

RECORD = Record(
    name="sides",
    question="Which side is faster?",
    compared_with="the other",
    inputs={"python": "print(1)\n"},
    repetitions=3,
    columns=("side", "ms", "errors"),
    rows=(("one", Figure(1.5, 1, 20.25), 0), ("other", Figure(200, 150.5, 250), 1)),
    load_before=0.5,
    notes=("They take turns.",),
    versions={"httpx": "0.28.1"},
)


def test_a_figure_is_the_median_with_its_spread() -> None:
    assert Figure.of([3, 1, 100]) == Figure(3, 1, 100)
    assert Figure.of_ratios([2, 9], [1, 3]) == Figure(2.5, 2, 3)
    assert str(Figure(1234.56, 0.012345, 99.96)) == "1235 (0.0123 to 100)"


@pytest.mark.parametrize(
    ("value", "shown"), [(0, "0"), (1.005, "1"), (12.34, "12.3"), (123456.7, "123457")]
)
def test_three_digits_count(value: float, shown: str) -> None:
    assert three_digits(value) == shown


def test_a_record_says_where_it_comes_from_and_can_be_read_again() -> None:
    plain = json.loads(json.dumps(plain_record(RECORD)))
    assert {"date", "commit", "machine", "repetitions", "inputs"} <= plain.keys()
    assert {"daytona-validate", "python", "httpx"} == plain["versions"].keys()
    assert {"cores", "kernel", "load before"} <= plain["machine"].keys()
    read = Record.of_json(plain)
    assert (read.rows, read.columns, read.notes) == (RECORD.rows, RECORD.columns, RECORD.notes)


def test_a_record_as_a_page_has_all_of_it() -> None:
    page = markdown(RECORD, {"commit": "abc", "machine": {"cores": "2", "memory": "4 GiB"}})
    assert page.startswith("# Which side is faster?\n")
    assert "Median of 3 repetitions" in page
    assert "| one | 1.5 (1 to 20.2) | 0 |\n| other | 200 (150 to 250) | 1 |" in page
    assert "* They take turns.\n" in page
    assert "* machine: cores 2, memory 4 GiB\n" in page
    assert "```python\nprint(1)\n```" in page


def test_what_is_no_cell_is_refused() -> None:
    with pytest.raises(ValueError, match="no cell"):
        cell_of([1])


def test_versions_are_those_of_what_is_installed() -> None:
    assert versions_of("httpx", "no-such-package").keys() == {"httpx"}


def test_nobodys_settings_and_proxies_reach_a_measurement() -> None:
    kept = environment({"PATH": "/bin", "DAYTONA_API_KEY": "k", "HTTPS_PROXY": "p", "no_proxy": ""})
    assert kept == {"PATH": "/bin", "no_proxy": ""}
