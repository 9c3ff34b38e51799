"""What two names share, if one may be a slip of the pen for the other."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from daytona_validate._core.fragments.near_names import is_misspelt, slip_keys
from growth import assert_linear

NAMES = st.text(alphabet="abAß_1", min_size=1, max_size=5)


@given(NAMES, NAMES)
@example("total", "totla")
@example("boxing", "boxi")
@example("xİy", "xy")
def test_a_slip_shares_a_key(name: str, known: str) -> None:
    shared = {*slip_keys(name)} & {*slip_keys(known)}
    assert shared or not is_misspelt(name, [known])


def test_unlike_names_share_none() -> None:
    assert not {*slip_keys("box")} & {*slip_keys("total")}
    assert not {*slip_keys("a")} & {*slip_keys("b")}


def test_keys_of_a_very_long_name_cost_little() -> None:
    assert_linear(lambda text: [*slip_keys(text)], "a")
