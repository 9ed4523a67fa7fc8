"""What we know: rules, words, and one door to each outside system. `app` never imports `workers`."""
