module example.com/ops/internal/common

go 1.25.0
