"""Emulated machines: what containers are to Daytona. Jails over folders that last.

"Machine" without a word more means an emulated machine here; the computer is the host.

- `emulated_machines.py` makes them, `emulated_machine.py` is one; `machine_interface.py` is what
  the rest of the emulator knows of them.
- `keeper.py`: the container init under which all commands of a machine run in one jail. Its other
  end is `keeper.pl`; `keeper_launch.py` and `keeper_socket.py` start it and connect to it;
  `keeper_daemon.pl` stands in for Daytona's daemon at its port inside.
- `machine_files.py` reads and writes files, `machine_jail.py` says what each jail has, `users.py`
  whether it has users of its own.
- `machine_disk.py`: the disk quota. `folders.py` makes the folders that it bounds, `trees.py` with
  its `trees.pl` measures and removes them, and `hostile_tree.py` is how that is safe.
"""
