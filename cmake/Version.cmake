# The only home of the version number; cli/version.cpp and the packages read it from here.
set(KFORGE_VERSION 0.1.0)
