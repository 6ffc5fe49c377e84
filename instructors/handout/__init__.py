"""The pack without the reference: what it leaves out, and the files that it gets instead."""
