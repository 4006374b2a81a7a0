module example.com/ops/operators/keystone

go 1.25.0

require example.com/ops/internal/common v0.0.0

replace example.com/ops/internal/common => ../../internal/common
