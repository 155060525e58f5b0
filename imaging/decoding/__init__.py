"""Reading received files: every file is treated as hostile until it was decoded in a restricted child process."""
