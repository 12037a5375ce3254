"""The `paperknife` command: one file for each verb."""
