"""What is done with each kind of update: parse, call one service, hand the outcome to a view."""
