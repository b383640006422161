"""Tests of the TM Forum edge."""
