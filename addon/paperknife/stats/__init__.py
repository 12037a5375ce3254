"""How a connection does, in figures: rates, sizes, latencies, gaps in numbering, the regularity of heartbeats.

Batches or the items of a recording go in, a frozen report comes out, and memory is bounded whatever a peer sends::

    meter -> counts: rates, answers (sketches), series of numbers, beats -> report -> tables | objects

* `meter` is fed: a consumer of traffic, and of the items of a recording. `watches` knows for each payload what of it is
  to be looked at; of most nothing, and these are counted and not decoded. `counts` has all that is counted.
* `rates` counts messages and bytes. `answers` pairs requests with answers, and keeps how long these took in a `sketch`.
* `numbering` finds the fields that number messages and what each numbering is about, from descriptors alone (`fields`);
  `series` follows such numbers and counts what is missing, repeated or goes back, and `courses` are what it remembers.
* `beats` are heartbeats: their period, and those that stayed out.
* `report` is what was found, as plain values, which `reporting` makes; `tables` writes it for a person, `objects` for
  programs.
* `pulse` tells of a running proxy every few seconds; `period` reads how many.
"""
