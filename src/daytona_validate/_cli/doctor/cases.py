"""The six cases that this project was born with, and how their results are judged."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from daytona_validate._core.printable import one_line
from daytona_validate._models import CodeValidationResult, Outcome, Snippet


class CaseState(StrEnum):
    """How a case ended."""

    PASS = "PASS"  # noqa: S105 - a verdict, no password
    FAIL = "FAIL"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstCase:
    """A snippet, and the result that it must have."""

    title: str
    language: str
    code: str
    outcome: Outcome = Outcome.PASSED
    output: str = ""
    """The output that it must print, white space at its end aside."""
    details: str = ""
    """A text that the result's details must contain."""
    packages: tuple[str, ...] = ()
    """Packages that it needs."""
    has_provider: bool = True
    """False: the case tests a missing API key, also where one is set."""

    def snippet(self) -> Snippet:
        """Return the snippet to run."""
        return Snippet(code=self.code, language=self.language, snippet_id=self.title)

    def judge(self, result: CodeValidationResult) -> CaseReport:
        """Return how the case ended, given its result."""
        is_met = (
            result.outcome is self.outcome
            and result.output.rstrip() == self.output
            and self.details in result.details
        )
        if is_met:
            return CaseReport(self.title, CaseState.PASS, result.details)
        if result.outcome is Outcome.UNAVAILABLE:
            return CaseReport(self.title, CaseState.UNAVAILABLE, result.details)
        printed = f", printed {one_line(result.output, 60)!r}" if result.output else ""
        return CaseReport(
            self.title,
            CaseState.FAIL,
            f"expected {self.outcome}, got {result.outcome}: {result.details}{printed}",
        )


@dataclass(frozen=True, slots=True)
class CaseReport:
    """How a case ended, and why."""

    title: str
    state: CaseState
    details: str


_PYTHON_SQUARES = """\
numbers = [1, 2, 3, 4, 5]
squared = [number**2 for number in numbers]
print("Squared numbers:", squared)
"""

_JAVASCRIPT_SQUARES = """\
const numbers = [1, 2, 3, 4, 5];
const squared = numbers.map((number) => number ** 2);
console.log("Squared numbers:", squared.join(", "));
"""

_SYNTAX_ERROR = """\
print("Hello"
"""

_RUNTIME_ERROR = """\
numerator, denominator = 10, 0
print(numerator / denominator)
"""

_LINEAR_REGRESSION = """\
import numpy as np

hours = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
marks = 2.0 * hours + 1.0
design = np.column_stack([hours, np.ones_like(hours)])
(slope, intercept), *_ = np.linalg.lstsq(design, marks, rcond=None)
print(f"marks = {slope:.2f} * hours + {intercept:.2f}")
"""

CASES: tuple[FirstCase, ...] = (
    FirstCase(
        title="Python prints squared numbers",
        language="python",
        code=_PYTHON_SQUARES,
        output="Squared numbers: [1, 4, 9, 16, 25]",
    ),
    FirstCase(
        title="JavaScript prints squared numbers",
        language="javascript",
        code=_JAVASCRIPT_SQUARES,
        output="Squared numbers: 1, 4, 9, 16, 25",
    ),
    FirstCase(
        title="A syntax error in Python is found",
        language="python",
        code=_SYNTAX_ERROR,
        outcome=Outcome.COMPILE_ERROR,
        details="SyntaxError",
    ),
    FirstCase(
        title="A runtime error in Python is found",
        language="python",
        code=_RUNTIME_ERROR,
        outcome=Outcome.RUNTIME_ERROR,
        details="ZeroDivisionError",
    ),
    FirstCase(
        title="A linear regression with numpy runs",
        language="python",
        code=_LINEAR_REGRESSION,
        output="marks = 2.00 * hours + 1.00",
        packages=("numpy",),
    ),
    FirstCase(
        title="Without a key, the fallback answers",
        language="python",
        code=_PYTHON_SQUARES,
        outcome=Outcome.UNAVAILABLE,
        details="Code validation unavailable - API key not configured",
        has_provider=False,
    ),
)
