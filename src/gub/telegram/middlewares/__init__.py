"""What happens around every update: learning from it, telling of errors, who may ask, signs of life."""
