// SPDX-License-Identifier: MIT
// Explains the driver's errors: what happened and what to do.
#include "tessera.h"

#include <errno.h>
#include <string.h>

// clang-format off
static const struct {
	int error;
	const char *text;
} explanations[] = {
	{ ENODEV,        "Tessera does not run under this kernel, or has been devirtualized: start "
			 "the machine through Tessera's loader" },
	{ ENOENT,        "not found: see `tesseractl list`, `rules` and `regions`" },
	{ EEXIST,        "the same region or rule name exists already: see `tesseractl regions` "
			 "and `rules`" },
	{ EPERM,         "not permitted: the rule is sealed and stays so until the machine is "
			 "reset, or kernel lockdown forbids it (see dmesg), or you are not root" },
	{ EACCES,        "access denied: be root; if you are, the policy is locked down or "
			 "another agent holds the key (see `tesseractl info`)" },
	{ EBUSY,         "in use: a rule needs its guards removed first; events can be read by "
			 "one agent only" },
	{ ENOMEM,        "out of memory: if the hypervisor's pool is used up, raise `memory =` in "
			 "tessera.conf" },
	{ ENXIO,         "there is no memory at this address: use an address in RAM" },
	{ EADDRNOTAVAIL, "this memory is free, and its next user would fault: protect memory that "
			 "is in use" },
	{ EINVAL,        "a value is out of its range: check address, length and rule" },
	{ ENOSPC,        "too many: a fixed limit of the hypervisor is reached; remove what is not "
			 "needed" },
	{ EOPNOTSUPP,    "this hypervisor or CPU cannot do that: see `tesseractl info`" },
	{ ENOTTY,        "the driver does not know this request: install tool and driver of the "
			 "same version" },
	{ EPROTO,        "the driver's answer does not fit this tool: install tool and driver of "
			 "the same version" },
	{ EIO,           "the driver does not know the hypervisor's answer: install driver and "
			 "loader of the same version" },
	{ ESRCH,         "there is no such process: check the pid" },
	{ EFAULT,        "the memory is not mapped, or its process cannot write to it: map it "
			 "writable first" },
	{ ETIMEDOUT,     "the hypervisor delays its answers after wrong keys: wait, then use the "
			 "right key" },
};
// clang-format on

const char *tessera_explain(int error)
{
	for (size_t i = 0; i < sizeof(explanations) / sizeof(explanations[0]); i++)
		if (explanations[i].error == error)
			return explanations[i].text;
	return strerror(error);
}
