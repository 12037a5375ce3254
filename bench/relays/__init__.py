"""Relays as people would write them, each a program of its own: ORIGIN_URL in, listening on a port of its choice."""
