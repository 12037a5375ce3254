"""What is odd about a message: unknown fields and enum values, nothing set, bytes that do not parse.

`search` finds the places, `enum_check` tells fast that there are none among the enums, and `marks` puts what was found
into short phrases. `drift` gathers over many messages what a schema lacks, with the lines to add. `parse_fault` says
why and where bytes do not parse as their type, `mismatch` says it in a sentence.
"""
