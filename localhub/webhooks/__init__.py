"""Events on their way to Apps: what is in them, who gets them, how they are sent."""
