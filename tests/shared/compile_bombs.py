"""Small programs that cost a compiler, or whoever reads code, much more than their length."""

from __future__ import annotations

from bomb import Bomb
from compiler_bombs import GO, JAVA, TYPESCRIPT
from script_bombs import JAVASCRIPT, PYTHON, SQL

TABLES = {
    "python": PYTHON,
    "javascript": JAVASCRIPT,
    "typescript": TYPESCRIPT,
    "java": JAVA,
    "go": GO,
    "sql": SQL,
}
BOMBS = {
    f"{language}: {name}": Bomb(language, outcomes, code)
    for language, table in TABLES.items()
    for name, (outcomes, code) in table.items()
}
