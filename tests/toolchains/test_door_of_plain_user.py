"""The way to the index where a plain user installs packages, whom no jail of root's resembles."""

from __future__ import annotations

import json

import pytest

from daytona_validate._toolchains.toolchains import Toolchains
from package_servers import package_server
from plain_user import home_of_plain_user, only_as_root, printed_as_plain_user

pytestmark = [pytest.mark.jail, pytest.mark.slow, pytest.mark.thorough, only_as_root]

PROGRAM = """
import asyncio, os
from pathlib import Path
from daytona_validate._jails.jail import Bind, Jail
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limits
from daytona_validate._toolchains.package_index.index_door import index_door
from daytona_validate._toolchains.package_index.package_index import package_index

READ = '''
import sys, urllib.request
for url in sys.argv[1:]:
    try:
        print(urllib.request.urlopen(url, timeout=10).read().decode())
    except OSError as error:
        print(error)
'''

async def main():
    home = Path(os.environ["HOME"])
    runner = await JailRunner.start(home / "cache")
    jail = Jail(
        argv=("python3", "-s", "-c", READ, *URLS),
        limits=Limits(),
        binds=tuple(Bind(*each) for each in BINDS),
        links=tuple(map(tuple, LINKS)),
        environment=ENVIRONMENT,
    )
    index = package_index("pip", {"PIP_INDEX_URL": URLS[0]})
    async with index_door(home, index, {}, is_jails=runner.is_of_jails) as door:
        step = await runner.run(door.of(jail), timeout_s=30)
    print(step.stdout.decode(), step.stderr.decode(), sorted(os.listdir(home)))

asyncio.run(main())
"""


async def test_a_plain_users_installer_reaches_its_index_alone(toolchains: Toolchains) -> None:
    python = await toolchains.prepare("python")
    with package_server({"/simple": b"the index"}) as server, package_server() as other:
        values = {
            "URLS": [f"{server.url}/simple", f"{other.url}/"],
            "BINDS": [(each.source, each.target) for each in python.binds],
            "LINKS": python.links,
            "ENVIRONMENT": dict(python.environment),
        }
        given = "".join(f"{name} = {json.loads(json.dumps(v))!r}\n" for name, v in values.items())
        with home_of_plain_user() as home:
            printed = printed_as_plain_user(given + PROGRAM, python, home=home).decode()
    assert printed == "the index\nHTTP Error 403: " + printed.partition("403: ")[2]
    assert printed.endswith("is not of the package index\n  ['cache']\n")
    assert other.asked == []
