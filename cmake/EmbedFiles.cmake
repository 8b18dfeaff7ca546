# Files of the repository as string constants of the binary.
include_guard()
