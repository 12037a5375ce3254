"""The live view: batches of traffic in, lines of text out.

What the tap hands on goes this way, and never blocks on its way in::

    LiveView -> printer (bounded queue) | its thread: renderer (expressions, correlation) -> a format -> write

* `view` is the consumer.
* `renderer` knows the options, filters, and picks the format: the same lines for the live view and for recordings.
  `interest` spares it the messages whose payload's name says that nobody wants them. `novelties` are what the schema
  lacks, told once each.
* `printer` owns the queue, the thread and the file descriptor. When the reader of our output stalls, lines are counted
  instead of kept, and the traffic goes on.
* `line` lays out one line in columns, `events` what is no message (connections, pings, notices), `documents` writes the
  same as JSON and YAML, `dumps` in the text format and as bytes.
* `ascii_json` is what JSON goes through on its way to a terminal.
* `formats` brings these together by the name that the user gives.
* `layout` has the columns of a line, for each width; `sink` is where the text goes as bytes.
* `amounts` are sizes, latencies and times as a person reads them; `cells` counts the columns that a text takes,
  and `terminal` knows how many there are.
* `tally` counts what passed, for the summary at the end.
"""
