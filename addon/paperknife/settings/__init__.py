"""Settings: what the user asked for, as frozen values.

Options come from the command line or from mitmproxy's ``--set``; both end here.

* `reading` turns options into protocols: plainly from a schema, or from definitions in YAML.
* `yaml_file` reads YAML with the place of each value, `catalogue` finds the user's definitions and the presets,
  `matching` says which connections one is for, `decoder` imports a step in Python that the user's own file names and
  `guarded_step` holds that to its promises, and `file_watch` notices a change.
* `modes` translates the proxy modes that mitmproxy does not know (``reverse:wss://host/path``).
* `child_environment` is what a command that paperknife runs finds in its environment; `client_kinds` knows how each
  kind of client is made to go through the proxy and to trust it, and `trust_store` writes the files for that.
* `zstd_codec` brings Zstandard to the steps of a protocol, whose package knows only what Python itself can inflate.
"""
