"""Third-party packages: installed once, in a jail of their own, for all snippets."""
