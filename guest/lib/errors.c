// SPDX-License-Identifier: MIT
// What the driver's errors mean here, and what to do about each.
#include "tessera.h"

#include <errno.h>
#include <string.h>

// clang-format off
static const struct {
	int error;
	const char *text;
} explanations[] = {
	{ ENODEV,        "Tessera does not run below this kernel: boot through its loader" },
	{ ENOENT,        "not found: look with `tesseractl list`, `rules` and `regions`" },
	{ EEXIST,        "the same region or name is there already" },
	{ EPERM,         "be root; what is sealed stays until reset" },
	{ EACCES,        "be root; the policy may be locked down, or claimed by another" },
	{ EBUSY,         "in use: remove what uses it first" },
	{ ENOMEM,        "out of memory: if it is the hypervisor's, raise memory =" },
	{ ENXIO,         "there is no memory at this address" },
	{ EADDRNOTAVAIL, "free memory: whoever gets it next would fault" },
	{ EINVAL,        "a value is out of its range" },
	{ ENOSPC,        "too many: a fixed limit of the hypervisor is reached" },
	{ EOPNOTSUPP,    "the hypervisor or this processor cannot do that" },
	{ ENOTTY,        "the driver is another version: install tool and driver of one" },
	{ EPROTO,        "the driver and this tool do not fit: install both of one version" },
	{ EIO,           "an answer that the driver does not know: install its match" },
	{ ESRCH,         "there is no such process" },
	{ EFAULT,        "that memory is not mapped, or cannot be written by its program" },
	{ ETIMEDOUT,     "wrong keys slow Tessera's answers down: wait, and use the right one" },
};
// clang-format on

const char *tessera_explain(int error)
{
	for (size_t i = 0; i < sizeof(explanations) / sizeof(explanations[0]); i++)
		if (explanations[i].error == error)
			return explanations[i].text;
	return strerror(error);
}
