go.mod
module example.org/coop/old

go 1.16

require (
	example.org/Coop/ledger v0.3.1
	example.org/cli v1.6.1
)
