"""What we do: intake, delivery, runs and repair. Every process here is started by module name."""
