module kforge.dev/tests/bench/limit

go 1.26.0
