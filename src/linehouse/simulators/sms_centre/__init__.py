"""An SMS centre that speaks SMPP 3.4 as a server, with handsets that keep what arrives and a menu of faults."""
