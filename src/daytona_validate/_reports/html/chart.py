"""How long programs took, as a table whose bars are pictures: readable without seeing them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from daytona_validate._core.reported import Reported
from daytona_validate._models import Outcome

_BOUNDS_S = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
_NAMES = (
    "under 10 ms", "10 to 30 ms", "30 to 100 ms", "100 to 300 ms", "0.3 to 1 s", "1 to 3 s",
    "3 to 10 s", "10 to 30 s", "over 30 s",
)  # fmt: skip


def chart(results: Sequence[Reported]) -> str:
    """Return the distribution of times, passed and not passed; "" if nothing ran."""
    passed, other = [0] * len(_NAMES), [0] * len(_NAMES)
    for each in results:
        if each.result.execution_time > 0:
            counts = passed if each.result.outcome is Outcome.PASSED else other
            counts[bisect_right(_BOUNDS_S, each.result.execution_time)] += 1
    totals = [sum(pair) for pair in zip(passed, other, strict=True)]
    if not any(totals):
        return ""
    used = [n for n, total in enumerate(totals) if total]
    rows = (_row(_NAMES[n], passed[n], other[n], max(totals)) for n in range(used[0], used[-1] + 1))
    return (
        '<section aria-labelledby="timings"><h2 id="timings">Timings</h2>\n'
        '<p class="legend"><span class="key passed"></span> passed '
        '<span class="key other"></span> did not pass; wall time of compile and run</p>\n'
        '<table class="chart"><thead><tr><th scope="col">time</th><th scope="col">snippets</th>'
        '<th scope="col">passed</th><th scope="col">not</th></tr></thead><tbody>\n'
        f"{''.join(rows)}</tbody></table></section>\n"
    )


def _row(name: str, passed: int, other: int, most: int) -> str:
    first, second = 100 * passed / most, 100 * other / most
    bar = (
        f'<svg width="100%" height="14" aria-hidden="true" focusable="false">'
        f'<rect class="passed" width="{first:.2f}%" height="14"/>'
        f'<rect class="other" x="{first:.2f}%" width="{second:.2f}%" height="14"/></svg>'
    )
    cells = f'<td class="bar">{bar}</td><td>{passed}</td><td>{other}</td>'
    return f'<tr><th scope="row">{name}</th>{cells}</tr>\n'
