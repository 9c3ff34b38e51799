"""A report on code and output that would do harm in a page, and on usual ones beside it."""

from __future__ import annotations

from collections.abc import Sequence

from daytona_validate._core.causes import CauseTally
from daytona_validate._core.reported import Reported
from daytona_validate._core.summary import Tally
from daytona_validate._models import Missing, MissingKind
from daytona_validate._reports.formats import FORMATS
from made_results import made_reported

HOSTILE = (
    "</script><script>owned = 1</script>",
    "</style><style>* { display: none }</style>",
    "<img src=x onerror='owned = 2'>",
    '<a href="javascript:owned=3">x</a>',
    "\" onmouseover=\"owned=4\" x=\"' onfocus='owned=5' autofocus tabindex='1",
    "<svg onload=owned=6></svg><iframe srcdoc='<script>parent.owned=7</script>'></iframe>",
    "--></pre></details></main><!-- <plaintext> <textarea> <title> <![CDATA[",
    "\u202eabc\u202c \x00\x1b[31m\x07\udcff\u2028 &lt;script&gt; &#60;b&#62;",
    "<meta http-equiv=refresh content='0;url=https://x.invalid'><base href=https://x.invalid>",
    "W" * 3_000,
)
CODE = "import math\n\n\ndef area(radius):\n    return math.pi * radus ** 2\n\n\nprint(area(2))\n"


def hostile_rows() -> list[Reported]:
    """Return a row for each hostile text, which stands everywhere in it, and some others."""
    rows = [
        made_reported(
            index=n,
            details=f"Code execution failed: {text}",
            path=f"{text}.md" if len(text) < 200 else "long.md",
            language=text,
            code=f"a = 1\n{text}\n{text}",
            code_line=5,
            error_line=2,
            output=text * 3,
            error=text,
            runtime=text,
            completed=text,
            section=text,
            snippet_id=text,
            missing=Missing(MissingKind.NAME, text),
            is_block=bool(n % 2),
        )
        for n, text in enumerate(HOSTILE)
    ]
    rows += [
        made_reported(
            outcome=outcome, index=20 + n, path="lesson.md", line=1 + 10 * n, details=details
        )
        for n, (outcome, details) in enumerate(USUAL)
    ]
    rows += [
        made_reported(
            index=40 + n,
            outcome=outcome,
            details="Code execution failed: NameError: name 'radus' is not defined (line 5)",
            code=CODE,
            code_line=13,
            error_line=5 if outcome != "passed" else None,
            output="12.566370614359172\n",
            error='Traceback (most recent call last):\n  File "main.py", line 5, in area\n',
            section="Functions > Parameters",
            runtime="Python 3.11.7",
            execution_time=0.02 * (n + 1) ** 3,
        )
        for n, outcome in enumerate(["runtime_error", *["passed"] * 9])
    ]
    return rows


USUAL = (
    ("timeout", "Code execution failed: ran for 30 s"),
    ("not_runnable", "Code not runnable: this looks like MySQL"),
    ("not_runnable", f"Code not runnable: {HOSTILE[0]}"),
    ("skipped", "Skipped: the mark `skip`"),
    ("unavailable", "Code validation unavailable - no sandbox"),
    ("missing_dependency", "Code execution failed: No module named 'numpy'"),
)


def page_of(rows: Sequence[Reported], *, is_whole: bool = True) -> str:
    """Return the HTML report on rows."""
    tally, causes = Tally(), CauseTally()
    for row in rows:
        tally.add(row.result)
        causes.add(row)
    summary = tally.summary(2.0, causes=causes.causes(), is_whole=is_whole)
    return FORMATS["html"].end(rows, summary)
