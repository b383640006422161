"""Orders: qualified, priced, decomposed into a plan of steps, carried out, tracked, cancelled."""
