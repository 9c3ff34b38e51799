"""Sessions of Node and psql run in real sandboxes, and what they show is compared and mended."""

from __future__ import annotations

from pathlib import Path

import pytest

from daytona_validate import Validator
from daytona_validate._course_run.run_course import run_course
from daytona_validate._courses.collect import collect
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._courses.output_updates import LineEdit, output_updates, updated
from daytona_validate._models import CodeValidationResult, Outcome
from daytona_validate._providers.local import LocalProvider
from plain_settings import plain_settings

NODE = """\
```js
> 20 + 1
21
> let box = { size: 2 }
undefined
> box
{ size: 3 }
> [1, 2].map((x) => {
... return x * 2 })
[ 2, 4 ]
> nothing.there
Uncaught ReferenceError: nothing is not defined
> console.log(path.basename("a/b"), _)
b [ 2, 4 ]
undefined
> Promise.resolve(5).then(console.log); 7
7
5
> .exit
```

```js
> let other = 1
undefined
> oops(other)
2
```
"""
PSQL = """\
```sql
shop=# CREATE TABLE box (id int, size text);
CREATE TABLE
shop=# INSERT INTO box
shop-#   VALUES (1, 'big'), (2, 'small');
INSERT 0 2
shop=# SELECT *
shop-#   FROM box;
 id | size
----+-------
  1 | big
  2 | large
(2 rows)

shop=# SELECT nothing FROM box;
ERROR:  column "nothing" does not exist
```

```sql
shop=# SELECT count(*) FROM box;
 count
-------
     2
(1 row)
```
"""


@pytest.fixture
def courses(tmp_path: Path) -> list[CourseSnippet]:
    page = tmp_path / "lesson.md"
    page.write_text(NODE + PSQL)
    return list(collect([str(page)]))


# The first use of a toolchain prepares it.
@pytest.mark.jail
@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_prompts_of_node_and_psql(courses: list[CourseSnippet], jail_cache_dir: Path) -> None:
    results: list[tuple[CourseSnippet, CodeValidationResult]] = []

    async def add(course: CourseSnippet, result: CodeValidationResult) -> None:
        results.append((course, result))

    provider = LocalProvider(plain_settings(cache_dir=jail_cache_dir))
    async with Validator(provider=provider, concurrency=2) as validator:
        await run_course(courses, validator=validator, on_result=add)
    results.sort(key=lambda each: each[0].code_line or 0)
    assert [(each.outcome, each.error_line) for _, each in results] == [
        (Outcome.WRONG_OUTPUT, 6),
        (Outcome.RUNTIME_ERROR, 3),
        (Outcome.WRONG_OUTPUT, 8),
        (Outcome.PASSED, None),
    ], [each for _, each in results]
    edits = [edit for each in results for edit in output_updates(*each)]
    mended = (NODE + PSQL).replace("size: 3", "size: 2").replace("2 | large", "2 | small")
    lines = [each for each in edits if isinstance(each, LineEdit)]
    assert updated((NODE + PSQL).encode(), lines)[0].decode() == mended
