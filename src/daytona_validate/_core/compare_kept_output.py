"""Comparison of what was kept of an output with `expected_output`.

It errs towards nobody: what a cut took may have been right, so only a certain difference is one.
"""

from __future__ import annotations

from daytona_validate._core.compare_output import Difference, difference
from daytona_validate._core.comparison import Comparison
from daytona_validate._core.output_cap import head_text, kept_text
from daytona_validate._models import Step

_SETTING = "DAYTONA_KEPT_OUTPUT_KIB or limits.kept_output_bytes"


def kept_difference(step: Step, expected: str, comparison: Comparison) -> Difference | None:
    """Return the first difference that is certain, or None if there is none.

    Args:
        step: The program. Where its output was cut, None is no proof that it was right.
        expected: What was to be printed.
        comparison: How they are compared.
    """
    if not step.lost_stdout_bytes:
        return difference(kept_text(step.stdout, 0), expected, comparison)
    found = difference(head_text(step.stdout), expected, comparison, is_cut=True)
    if found is not None or not comparison.is_exact:
        return found
    kept_bytes = len(step.stdout)
    size_bytes = len(expected.encode(errors="surrogatepass"))
    total_bytes = kept_bytes + step.lost_stdout_bytes
    if total_bytes <= size_bytes:  # a byte that is no UTF-8 becomes three in what is compared
        return None
    return Difference(
        f"the output has {total_bytes} bytes, expected {size_bytes}; it is longer than the "
        f"{kept_bytes} bytes that are kept of it ({_SETTING})",
        diff="",
    )


def uncertain(step: Step) -> str | None:
    """Return why an output without a certain difference may have one, or None if it has none."""
    if not step.lost_stdout_bytes:
        return None
    return (
        f"{step.lost_stdout_bytes} bytes of its output were not kept, and it cannot be compared "
        f"with what is expected without them: raise {_SETTING}"
    )
