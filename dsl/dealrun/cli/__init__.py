"""The command line: reads options, calls the library, prints. It holds no language logic."""
