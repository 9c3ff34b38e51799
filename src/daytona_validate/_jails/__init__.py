"""Jails, the sandbox engine: bubblewrap, made, bounded, watched and ended. It knows no language.

`JailRunner.start()` proves once that this host isolates; `runner.run(Jail(...))` is then the one
way in which anything untrusted is started, and returns a `Step`. In the order of reading:

- `runner.py`: from a `Jail` to a `Step`. `jail.py`: what a jail is, and bubblewrap's command line
  for it; `first_process.sh`, read by `first_process.py`, is a jail's pid 1. `step.py` and
  `starvation.py`: from what was seen to what is reported, pure decisions.
- What the host has: `host.py` finds it out once, with `bubblewrap.py`, `base_image.py` (the files
  that all jails see), `proc_covers.py`, `cache_folder.py` (`trusted_way.py`: who could swap it;
  `seen_path.py`: what its place tells),
  `cgroup_places.py` and `cgroup_room.py`; `self_test.py` is the proof, `start_advice.py` says what
  is in the way of it, `cgroup_advice.py` how a cgroup could be had. Of the host's libraries
  `system_survey.py` sees what is there, `library_choice.py` chooses, `system_copies.py` copies
  (each by `copied_file.py`); `whole_copy.py` sees when something of a copy is gone. `wheels.py`
  tells the Linux for which pip has none of it, `folder_use.py` which folders of the cache are in
  use. `folder_socket.py` makes the sockets by which some reach us, and `host_text.py` reads what
  may not be there.
- What bounds a jail: `ceilings.py` and `inherited.py` (rlimits), `cgroup.py` and `cgroups.py`,
  `seccomp.py` with `call_numbers.py`, and `output.py` for what it writes; `at_the_gate.py` puts a
  jail under them. Where there is no cgroup, `tree_watch.py` ends a tree that `tree_use.py` finds to
  hold too much, or that may hide it by `in_flight.py` and `mapped_memory.py`; `own_ooms.py` counts
  what the kernel ended. `host_slots.py` bounds how many run.
- Whose it is: `privileges.py` (never root), `host_ids.py`, and for jails with users of their own
  `own_ids.py`, `id_maps.py` and `user_namespace.py`.
- While it runs: `spawn.py` starts it, `process.py` reads and ends it, `command_sequence.py` takes
  it through its commands; `status.py` is what bubblewrap says, `ignored_signals.py` what it must
  not inherit, `descriptors.py` what it is given; `held_group.py` holds its group,
  `held_process.py` its process.
  `starvation_watch.py`, `jail_tree.py` and `host_load.py` see what others took of it.
- For Python alone, if asked for: `fork_runner.py` runs programs in forks of a `zygote.py`;
  `zygote_pool.py` has as many of those as are needed, each held by a `context_task.py`,
  `zygote_start.py` starts one, and `fork_task.py` decides which programs can be forks, and
  what a fork is told.
"""
