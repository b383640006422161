"""The whole journey of a customer as a play: scenes on a stage of its own, the outside world on real wires."""
