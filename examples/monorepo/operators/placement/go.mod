module example.com/ops/operators/placement

go 1.25.0
