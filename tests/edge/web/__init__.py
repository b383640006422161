"""Tests of what stands before every web request."""
