"""The library's face: load a contract, evaluate it, ask. Everything public is named in `dealrun` itself."""
