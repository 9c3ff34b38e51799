"""The emulator: Daytona's HTTP API in one process, over jails on this host.

It knows no provider: it is the independent witness that the Daytona provider is tested with. Three
words are kept apart: a *sandbox* is a row of the control plane; the *emulated machine* is what its
programs run in, as a container is at Daytona; the *host* is the computer that has them all.

In the order of reading:

- `serve.py` starts an emulator and ends it; `assembly.py` puts its parts together.
- `operations.py` and `refusals.py`: every operation with its path and permission; every error's
  status and wording.
- `web/`: the HTTP server. `dispatch.py` takes each request through key, faults, checks and counts
  to the handler of its operation.
- `faults/`: fault injection. Which call of which operation goes wrong (`fault_plan.py`), and what
  the client then sees.
- `control_plane/`: sandboxes and snapshots. Pure rules in `*_states.py`, the records and what
  becomes of them in `fleet.py` and `builds.py`, their HTTP handlers in `api.py`.
- `toolbox/`: the API inside a sandbox, its commands and files.
- `machines/`: the emulated machines, jails over folders that last.
- `background_tasks.py`, `condition.py` and `counts.py`: what these share.
- `handle.py` and `threaded.py`: a running emulator, as a test holds it.
"""
