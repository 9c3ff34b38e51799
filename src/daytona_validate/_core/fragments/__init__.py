"""Fragments of pages: what is no program, completed to one that is tried, and its result read back.

Only for blocks of pages (`Snippet.is_block`). Everything here is a plain function: whoever calls it
validates. The order for one block, whose result alone is `alone`:

1. `no_program(snippet, alone)`: a reason makes the result `not_runnable` (`not_runnable(alone,
   reason)`), and nothing more is tried.
2. `completion(snippet, alone, earlier=…)`: None, and `alone` stands. Else its `snippet` is
   validated, and `judged` reads that result: it returns the block's own result, or a further
   completion, to be validated in its turn. There are at most `MAX_TRIES`, and one more where the
   block is meant to fail.

`no_program` is in `no_program.py`, `completion` and `judged` are in `tries.py`, the rest is in
`completion.py`.

`earlier` are the page's blocks above in the same language, whatever became of them: only what the
block needs of them is taken. A result that is no verdict (`unavailable`, `cancelled`) comes back as
it is. What `judged` returns has the lines of the block, and says in `completed` what was put around
it; fields of its own run, such as `index`, are for the caller to set.
"""
