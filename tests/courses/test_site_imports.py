"""Which package the pages of a site document, and by which statements they import its names."""

from __future__ import annotations

import pytest

from daytona_validate._courses.site_imports import SiteImports, site_imports
from growth import assert_linear

PYTHON = """
```python
import parcels
from parcels import (
    Box,  # of paper
    Crate as Case,
)
```

    >>> from parcels.labels import print_label
    >>> from parcels import (Box,
    ...     Lid)
    >>> import parcels.post as post, json
"""
SCRIPT = """
```ts
import { box, type Lid, crate as boxes } from 'parcels';
import type { Label } from "parcels/labels";
import * as p from 'parcels';
import post, { send } from 'parcels/post';
const { weigh, open: unpack } = require('parcels');
const whole = require('parcels');
import { readFile } from 'node:fs';
import { own } from './own.js';
import '@depot/parcels';
```
"""


def test_python_names_and_the_statements_that_bind_them() -> None:
    found = site_imports([PYTHON], "python", "Parcels")
    assert found is not None
    assert (found.module, found.is_named) == ("parcels", True)
    assert found.statements == {
        "parcels": "import parcels",
        "Box": "from parcels import Box",
        "Case": "from parcels import Crate as Case",
        "print_label": "from parcels.labels import print_label",
        "Lid": "from parcels import Lid",
        "post": "import parcels.post as post",
    }
    assert (found.shown("Box"), found.shown("Bax")) == ("from parcels import Box", None)


def test_script_names_and_the_statements_that_bind_them() -> None:
    found = site_imports([SCRIPT], "javascript")
    assert found is not None
    assert (found.module, found.is_named) == ("parcels", False)
    assert found.statements == {
        "box": "import { box } from 'parcels';",
        "Lid": "import { Lid } from 'parcels';",
        "boxes": "import { crate as boxes } from 'parcels';",
        "Label": "import { Label } from 'parcels/labels';",
        "p": "import * as p from 'parcels';",
        "post": "import post from 'parcels/post';",
        "send": "import { send } from 'parcels/post';",
        "weigh": "const { weigh } = require('parcels');",
        "unpack": "const { open: unpack } = require('parcels');",
        "whole": "const whole = require('parcels');",
        "parcels": "import * as parcels from 'parcels';",
    }


def test_an_import_and_a_require_of_the_same_thing_agree() -> None:
    pages = [
        "import Lid from 'parcels';\n" * 3 + "const Lid = require('parcels');\n" * 2,
        "const { seal: close } = require('parcels');\nimport { seal as close } from 'parcels';\n",
        "import tape from 'parcels';\nimport { tape } from 'parcels';\n",
    ]
    found = site_imports(pages, "javascript")
    assert found is not None
    assert found.shown("Lid") == "import Lid from 'parcels';"
    assert found.shown("close") == "const { seal: close } = require('parcels');"
    assert found.shown("tape") is None


@pytest.mark.parametrize("made", ["({ logger: true })", ".default", " [0]"])
def test_what_a_block_makes_of_a_package_at_once_is_not_the_package(made: str) -> None:
    instance = f"const parcels = require('parcels'){made}\n"
    found = site_imports([instance * 5, "const { box } = require('parcels')\n"], "javascript")
    assert found is not None
    assert found.shown("box") == "const { box } = require('parcels');"
    assert found.shown("parcels") is None


@pytest.mark.parametrize(
    ("text", "project", "module"),
    [
        ("import parcels\n" * 4 + "import json\n" * 9, None, "parcels"),
        ("import parcels\n" * 3, None, None),
        ("import parcels\n" * 6 + "import scales\n" * 3, None, None),
        ("import parcels\n" + "import scales\n" * 9, "parcels", "parcels"),
        ("import parcels\n" + "import scales\n" * 9, "my-parcels", "scales"),
        ("import yaml\n", "PyYAML", "yaml"),
        ("import my_parcels.post\n", "My.Parcels", "my_parcels"),
        ("from . import parcels\n" * 9, None, None),
        ("A word about import parcels\n" * 9, None, None),
        ("", "parcels", None),
    ],
)
def test_the_documented_package_is_the_projects_or_plainly_the_one_imported(
    text: str, project: str | None, module: str | None
) -> None:
    found = site_imports([text], "python", project)
    assert (None if found is None else found.module) == module


def test_a_scoped_package_has_two_parts() -> None:
    found = site_imports(["import { a } from '@depot/parcels/post';\n"] * 4, "javascript")
    assert found is not None
    assert (found.module, found.statements) == (
        "@depot/parcels",
        {"a": "import { a } from '@depot/parcels/post';"},
    )


def test_a_name_that_pages_import_from_two_places_is_given_from_none() -> None:
    page = "from parcels import Box\nfrom parcels.old import Box\nfrom parcels import Lid\n"
    found = site_imports([page], "python", "parcels")
    assert found is not None
    assert found.shown("Box") is None
    assert found.shown("Lid") == "from parcels import Lid"


def test_a_star_may_bind_any_name() -> None:
    found = SiteImports(module="parcels", statements={"*": "from parcels import *"})
    assert found.shown("Box") == "from parcels import *"


@pytest.mark.parametrize("language", ["python", "javascript"])
@pytest.mark.parametrize(
    "piece",
    ["import a\n", "from a import (\n", "from a import a,", "import {", "import { a\n", "import ",
     ">>> ", "a, ", "const {", "const a = ", "import * as a from ", " ", "...", "#", "\n"],
)  # fmt: skip
def test_reading_costs_no_more_than_the_length(language: str, piece: str) -> None:
    assert_linear(lambda text: site_imports([text], language), piece)
