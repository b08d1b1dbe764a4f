"""Values of the platform: attrs classes without any I/O."""
