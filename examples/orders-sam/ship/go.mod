module orders/ship

go 1.22
