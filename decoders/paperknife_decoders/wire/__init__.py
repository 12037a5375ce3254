"""Bytes without a schema (protobuf.dev/programming-guides/encoding).

`walker` reads fields with a span for every byte, so that nothing is lost and one field can be changed alone. `readings`
says what a field's bytes may mean, the likeliest first, `number_readings` does so for numbers, and `reading_text`
writes a reading. `writing` is the way back for numbers and records. `view` shows it all to a reader.
"""
