"""Looking: thin functions that gather values and judge nothing."""
