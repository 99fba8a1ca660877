# The two commands are `make run` and `make test`; each script in scripts/ says
# what it does. scripts/environment says where things are kept.

.PHONY: run test browsers bench client

# The portal with a demo society on http://localhost:3000, its data in data/.
run:
	@scripts/run

# Everything that has to hold before a change is accepted.
test:
	@scripts/test

# What members do most, in Firefox and in WebKit.
browsers:
	@scripts/browsers

# How the portal compares with the bare work underneath it.
bench:
	@. scripts/environment && cargo bench -p server

# Only the client bundle, into dist/.
client:
	@scripts/prerequisites run && scripts/client
