"""Recordings in the formats of other programs, and back.

Out: items go one by one into a writer, which holds none of them back: a recording may be larger than memory. What
belongs together in the format but not in time (`conversations`, the rows of one table) is `appending` to files of its
own. `assembly` makes one message of the pieces of a large one.

* `jsonl`: a JSON object for each envelope, the same as ``--format json`` shows, and for what else happened.
* `tables`: CSV, one table for each payload, its columns made by `flattening` from the schema, its cells by `cells`.
* `har`: HTTP Archive 1.2, with messages as Chrome's DevTools write and read them.
* mitmproxy's own flow files are written in `paperknife.proxy.flow_form` and read in `paperknife.proxy.flow_source`, as
  only that package may import mitmproxy; `netstrings` is the notation that they are written in.

In: a source tells what connections a file holds, then their messages (`sources`). `har_source` finds both in a HAR, of
which `json_stream` reads no more at a time than one value; `har_values` says what the values mean. `bringing` masks
secrets, puts the messages of all connections into the order of time by way of a `spool`, and makes items of them.
"""
