"""The pytest plugin: a client is tested against a recording, with no venue.

* `plugin` is what pytest loads: the fixture ``paperknife_venue``, the options, and when a test has failed. It alone
  imports pytest, and nothing heavy until a test asks for the fixture.
* `venues` are those of one test: each call of the fixture gives the URL of one more.
* `venue_thread` runs a recorded venue beside the test, which may be synchronous or not; `taking` notes what its clients
  did, and `verdict` says what of that was not as recorded.
* `recording_proxy` stands between the client and the real venue where a recording is to be made, in a process of its
  own.
"""
