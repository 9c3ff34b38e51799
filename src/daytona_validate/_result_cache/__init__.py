"""Results of former runs, kept in a file of the user's, and given again where nothing changed."""
