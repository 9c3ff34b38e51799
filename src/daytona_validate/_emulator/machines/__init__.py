"""The machines of an emulator: jails over folders that last."""
